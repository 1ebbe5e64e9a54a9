package infer

import (
	"container/list"
	"sync"
	"time"
)

// line is the runs of a model that wait for a thread, oldest first.
type line struct {
	mu    sync.Mutex
	since list.List // of time.Time
}

// join adds a run that begins to wait. leave removes it and returns for how long it has waited.
func (l *line) join() (leave func() time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	began := time.Now()
	place := l.since.PushBack(began)
	return func() time.Duration {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.since.Remove(place)
		return time.Since(began)
	}
}

// state is how many wait, and since when the oldest does.
func (l *line) state() (n int, since time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first := l.since.Front(); first != nil {
		since, _ = first.Value.(time.Time)
	}
	return l.since.Len(), since
}
