package pipeline

import "timbre"

// Frame records that media arrives. It is called on the path of the packets.
func (l *live) Frame(timbre.Frame) { l.lastMedia.Store(l.e.env.Steady().UnixNano()) }

// End does nothing: a leg that has ended is silent.
func (l *live) End() {}

// tapStreams starts to wait for media of the streams. The caller holds the mutex.
func (l *live) tapStreams() {
	l.untap()
	l.lastMedia.Store(0)
	l.waiting = l.e.env.Steady()
	call, isLive := l.e.deps.Calls.Call(l.p.TransactionID)
	if !isLive {
		return
	}
	for i, leg := range call.Legs {
		if l.p.Stream(leg.StreamARN) == nil {
			continue
		}
		if stop, err := l.e.deps.Calls.Tap(l.p.TransactionID, i, l); err == nil { // else the call has just ended
			l.taps = append(l.taps, stop)
		}
	}
}

func (l *live) untap() {
	for _, stop := range l.taps {
		stop()
	}
	l.taps = nil
}
