package phone

import (
	"math"
	"time"

	"timbre"
)

// pace says when packets go. The schedule is absolute, so that no error adds up: packet k is due k packet times after
// the start. At high speeds several are due in one tick of the clock.
type pace struct {
	speed float64       // times real time
	tick  time.Duration // how often the clock is looked at
	burst int           // most packets of a leg that go in one tick
}

const fastest = 5 * time.Millisecond // more wake-ups than that cost more than evenness is worth

func newPace(speed float64) pace {
	p := pace{speed: speed, tick: max(fastest, time.Duration(float64(timbre.FrameDuration)/speed))}
	// After a stall the sender catches up at twice its pace, and does not flood the receiver's buffer.
	p.burst = 2 * int(math.Ceil(p.packets(p.tick)))
	return p
}

// next is how many packets shall have gone at elapsed, when sent have gone before.
func (p pace) next(sent int, elapsed time.Duration) int {
	return min(int(p.packets(elapsed))+1, sent+p.burst)
}

// packets is how many packet times fit into d of wall time.
func (p pace) packets(d time.Duration) float64 {
	return float64(d) * p.speed / float64(timbre.FrameDuration)
}
