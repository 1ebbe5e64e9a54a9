package infer

import (
	"container/list"
	"context"
	"sync"
	"time"

	"timbre"
)

// line is the runs of a model that wait for a thread, oldest first.
type line struct {
	mu   sync.Mutex
	runs list.List // of waiting
}

// waiting is a run that waits.
type waiting struct{ since, due time.Time }

// join adds a run that begins to wait. leave removes it and returns for how long it has waited.
func (l *line) join(ctx context.Context) (leave func() time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := waiting{since: time.Now()}
	w.due = dueTime(ctx, w.since)
	place := l.runs.PushBack(w)
	return func() time.Duration {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.runs.Remove(place)
		return time.Since(w.since)
	}
}

// dueTime is when a run that has come is due: at once, unless it is known.
func dueTime(ctx context.Context, came time.Time) time.Time {
	if due, known := timbre.DueTime(ctx); known {
		return due
	}
	return came
}

// age is for how long the oldest has waited; 0: none waits.
func (l *line) age() (age time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first := l.runs.Front(); first != nil {
		oldest, _ := first.Value.(waiting)
		age = time.Since(oldest.since)
	}
	return age
}

// overdue is by how much the run that was due first is late; 0: none is.
func (l *line) overdue() (late time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for e := l.runs.Front(); e != nil; e = e.Next() {
		w, _ := e.Value.(waiting)
		late = max(late, now.Sub(w.due))
	}
	return late
}

// length is how many wait.
func (l *line) length() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.runs.Len()
}
