package trunk

import (
	"sync/atomic"

	"timbre"
)

// tap receives the frames of a leg. It drops them until analysis has begun.
type tap struct {
	to atomic.Pointer[timbre.Listener]
}

func (t *tap) Frame(f timbre.Frame) {
	if to := t.to.Load(); to != nil {
		(*to).Frame(f)
	}
}

// discard is the listener of a stream that is not analysed.
type discard struct{}

func (discard) Frame(timbre.Frame) {}
