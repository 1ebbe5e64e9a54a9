package phone

import (
	"math"
	"time"

	"timbre"
)

// pace schedules packets. The schedule is absolute, so that errors do not add up: packet k is due k packet times after the
// start. At high speeds several are due in one tick of the clock.
type pace struct {
	speed float64       // times real time
	tick  time.Duration // between two looks at the clock
	burst int           // the most packets of a leg in one tick
}

// shortestTick bounds the number of wake-ups.
const shortestTick = 5 * time.Millisecond

func newPace(speed float64) pace {
	p := pace{speed: speed, tick: max(shortestTick, time.Duration(float64(timbre.FrameDuration)/speed))}
	// After a stall the sender catches up at twice its pace, so that it does not flood the receiver's jitter buffer.
	p.burst = 2 * int(math.Ceil(p.packets(p.tick)))
	return p
}

// next is how many packets should have been sent at elapsed, of which sent have been.
func (p pace) next(sent int, elapsed time.Duration) int {
	return min(int(p.packets(elapsed))+1, sent+p.burst)
}

// packets is how many packet times fit into d of wall time.
func (p pace) packets(d time.Duration) float64 {
	return float64(d) * p.speed / float64(timbre.FrameDuration)
}
