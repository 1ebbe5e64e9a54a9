package phone

import (
	"testing"
	"time"
)

func TestPacketsAreEvenAtEverySpeed(t *testing.T) {
	for _, speed := range []float64{0.5, 1, 4, 8, 20, 100} {
		p := newPace(speed)
		each := time.Duration(20 * float64(time.Millisecond) / speed)
		for sent, k := 0, 0; k < 1000; k++ {
			at := time.Duration(k) * p.tick
			next := p.next(sent, at)
			if want := int(at/each) + 1; next != want {
				t.Fatalf("speed %g at %s: got %d packets, want %d", speed, at, next, want)
			}
			if n := next - sent; n > p.burst/2+1 {
				t.Fatalf("speed %g at %s: got %d packets at once, want at most %d", speed, at, n, p.burst/2+1)
			}
			sent = next
		}
	}
}

func TestScheduleIsReachedAfterAStall(t *testing.T) {
	p := newPace(8) // two packets a tick
	stall := time.Second
	sent, behind := 0, 400
	for k := 0; behind > 0 && k < 1000; k++ {
		at := stall + time.Duration(k)*p.tick
		next := p.next(sent, at)
		if next-sent > 4 {
			t.Fatalf("got %d packets in one tick, want at most 4", next-sent)
		}
		sent, behind = next, int(p.packets(at))+1-next
	}
	if behind > 0 {
		t.Errorf("got %d packets behind, want 0", behind)
	}
}
