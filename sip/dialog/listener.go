package dialog

import (
	"sync/atomic"

	"timbre"
)

// Listener is the listener of a stream whose leg is not known yet. It drops frames until one is attached. The zero value is
// ready.
type Listener struct {
	to atomic.Pointer[timbre.LegListener]
}

// Frame passes a frame on.
func (l *Listener) Frame(f timbre.Frame) {
	if to := l.to.Load(); to != nil {
		(*to).Frame(f)
	}
}

// Attach passes all further frames to a leg.
func (l *Listener) Attach(to timbre.LegListener) { l.to.Store(&to) }
