package dialog

import (
	"sync/atomic"

	"timbre"
)

// Listener is the listener of a stream whose leg is not known yet. It drops frames until one is attached. The zero value is
// ready.
type Listener struct {
	to atomic.Value // a timbre.LegListener; unlike a pointer to one, it is read without another look into memory
}

// Frame passes a frame on.
func (l *Listener) Frame(f timbre.Frame) {
	if to, ok := l.to.Load().(timbre.LegListener); ok {
		to.Frame(f)
	}
}

// Attach passes all further frames to a leg.
func (l *Listener) Attach(to timbre.LegListener) { l.to.Store(to) }
