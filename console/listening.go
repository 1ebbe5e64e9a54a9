package console

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"timbre"
)

// stretchesOf is how many stretches of speech are kept of a task on a leg: more than come between two looks.
const stretchesOf = 256

// heard is what a task has heard on a leg since somebody looks.
type heard struct {
	Task   string     `json:"task"`
	Kind   string     `json:"kind"`
	Leg    int        `json:"leg"`
	NetMs  int64      `json:"netMs"`
	Voiced [][2]int64 `json:"voiced"` // from and to, in milliseconds of media time of the leg

	kind   timbre.TaskKind
	offset time.Duration // of the media time of the leg from that of the task: the least that was seen, because speech comes late
	known  bool          // the offset
	last   time.Duration // the end of the last stretch
	count  int           // how many stretches there have been; the last of Voiced may still grow
}

// listening has what tasks hear on the calls that somebody looks at. It is safe for concurrent use.
type listening struct {
	calls   timbre.MediaClock
	watched atomic.Int64 // calls
	mu      sync.Mutex
	byCall  map[string]*watch
}

// watch is a call that somebody looks at.
type watch struct {
	look int
	list []*heard
}

func newListening(calls timbre.MediaClock) *listening {
	return &listening{calls: calls, byCall: map[string]*watch{}}
}

// look begins to keep what is heard on a call, until release.
func (l *listening) look(transactionID string) (release func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.byCall[transactionID]
	if w == nil {
		w = &watch{}
		l.byCall[transactionID] = w
		l.watched.Add(1)
	}
	w.look++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if w.look--; w.look == 0 {
			delete(l.byCall, transactionID)
			l.watched.Add(-1)
		}
	}
}

// heard takes in a stretch. It costs nothing while nobody looks at any call.
func (l *listening) heard(of timbre.TaskRef, transactionID string, leg int, s timbre.Speech) {
	if l.watched.Load() == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.byCall[transactionID]
	if w == nil {
		return
	}
	i := slices.IndexFunc(w.list, func(h *heard) bool { return h.Task == of.ID && h.Leg == leg })
	if i < 0 {
		i = len(w.list)
		w.list = append(w.list, &heard{Task: of.ID, Kind: kinds[of.Kind], Leg: leg, kind: of.Kind})
	}
	w.list[i].add(s, l.calls.MediaTime(transactionID, leg))
}

// add takes in a stretch that ends at s.At, when the newest frame of the leg has a media time.
func (h *heard) add(s timbre.Speech, newest time.Duration) {
	if s.At < h.last { // the task listens anew: another party has taken the leg
		h.known = false
	}
	if offset := newest - s.At; !h.known || offset < h.offset {
		h.offset, h.known = offset, true
	}
	from := h.last
	if s.At < from || s.At-from > time.Second { // its beginning is not known
		from = s.At - timbre.FrameDuration
	}
	h.last, h.NetMs = s.At, s.Net.Milliseconds()
	if !s.Voiced {
		return
	}
	begin, end := (from + h.offset).Milliseconds(), (s.At + h.offset).Milliseconds()
	h.Voiced = append(h.Voiced, [2]int64{begin, end})
	h.count++
	if len(h.Voiced) > stretchesOf {
		h.Voiced = slices.Delete(h.Voiced, 0, len(h.Voiced)-stretchesOf)
	}
}

// cursor is how far somebody who looks has read.
type cursor map[legOfTask]position

type legOfTask struct {
	task string
	leg  int
}

type position struct {
	count int
	net   int64
}

// since returns what a call has had since a cursor, which it moves on.
func (l *listening) since(transactionID string, c cursor) (list []heard) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.byCall[transactionID]
	if w == nil {
		return nil
	}
	for _, h := range w.list {
		key := legOfTask{h.Task, h.Leg}
		before, known := c[key]
		if known && before == (position{h.count, h.NetMs}) {
			continue
		}
		c[key] = position{h.count, h.NetMs}
		fresh := *h
		fresh.Voiced = joined(h.Voiced[len(h.Voiced)-min(len(h.Voiced), h.count-before.count):])
		list = append(list, fresh)
	}
	return list
}

// joined are stretches, of which those that adjoin are one.
func joined(all [][2]int64) [][2]int64 {
	list := [][2]int64{} // encodes as an empty list, not as null
	for _, s := range all {
		if n := len(list); n > 0 && s[0] <= list[n-1][1] {
			list[n-1][1] = s[1]
		} else {
			list = append(list, s)
		}
	}
	return list
}
