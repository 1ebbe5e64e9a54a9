package speech

import (
	"slices"
	"sync"

	"timbre"
)

// maxLegs is how many legs of a call are looked for.
const maxLegs = 3

// maxPending is how many frames of other legs wait for the next frame of this one: a second of two legs.
const maxPending = 100

// others hears the other legs of a call. Their frames are handed over with the next frame of this leg, so that the detector takes
// the frames of all legs in the order in which they came, however late it is.
type others struct {
	calls         timbre.Tapper
	transactionID string
	leg           int // this one
	stops         map[int]func()

	mu      sync.Mutex
	pending []otherFrame
}

// otherFrame is a frame of another leg, by its number in the call.
type otherFrame struct {
	leg   int
	frame timbre.Frame
}

// attach taps the other legs that the call has by now. It is called by one goroutine at a time.
func (o *others) attach() {
	for leg := range maxLegs {
		if o.stops[leg] != nil || leg == o.leg {
			continue
		}
		stop, err := o.calls.Tap(o.transactionID, leg, otherTap{o, leg})
		if err != nil {
			continue // there is no such leg yet
		}
		o.stops[leg] = stop
	}
}

func (o *others) detach() {
	for _, stop := range o.stops {
		stop()
	}
}

// take returns the frames that have come since the last time.
func (o *others) take() []otherFrame {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.pending
	o.pending = nil
	return all
}

// otherTap is the tap on one of the others.
type otherTap struct {
	to  *others
	leg int
}

// Frame implements timbre.Tap. While this leg is silent, the oldest frames are forgotten.
func (t otherTap) Frame(f timbre.Frame) {
	f.PCM = slices.Clone(f.PCM)
	t.to.mu.Lock()
	defer t.to.mu.Unlock()
	if len(t.to.pending) == maxPending {
		t.to.pending = slices.Delete(t.to.pending, 0, 1)
	}
	t.to.pending = append(t.to.pending, otherFrame{t.leg, f})
}

// End implements timbre.Tap.
func (t otherTap) End() {}
