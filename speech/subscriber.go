package speech

import (
	"sync/atomic"
	"time"

	"timbre"
)

// subscriber is a task that listens to a leg. Its speech begins with the first window whose audio has all come since it joined.
type subscriber struct {
	to     timbre.SpeechSink
	since  time.Time    // when it joined
	from   int          // the number of the first frame since then
	spoken atomic.Int64 // when its last voiced window was passed on, in nanoseconds since it joined

	// What follows belongs to the worker's goroutine.
	ready, began bool
	first        int           // the number of its first window, once it is ready
	at, net      time.Duration // the media time and the net speech of the leg before that window, once it began
}

// reach takes in that the worker has come to a frame, and that the next window to begin has a number.
func (l *subscriber) reach(frame, window int) {
	if !l.ready && frame >= l.from {
		l.ready, l.first = true, window
	}
}

// hear passes on the window with a number, by the clocks of the subscriber. before is the one before it.
func (l *subscriber) hear(number int, s, before timbre.Speech) {
	if !l.ready || number < l.first {
		return
	}
	if !l.began {
		l.began, l.at, l.net = true, max(before.At, s.At-timbre.Duration(Window)), before.Net
	}
	if s.Voiced {
		l.spoken.Store(int64(time.Since(l.since)))
	}
	s.At, s.Net = s.At-l.at, s.Net-l.net
	l.to.Speech(s)
}

// talks says whether it has had speech within a time, or could not yet for so long.
func (l *subscriber) talks(within time.Duration) bool {
	return time.Since(l.since)-time.Duration(l.spoken.Load()) < within
}
