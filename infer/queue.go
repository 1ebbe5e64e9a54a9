package infer

import (
	"context"
	"slices"
	"sync"
	"time"
)

// queue gives a number of threads to runs, earliest deadline first: see timbre.WithDueTime. A run without a deadline is due when it comes.
// Its length needs no bound of its own: a task waits for one run at a time.
type queue struct {
	threads int
	own     *threads // nil: a run stays on the thread that asks for it

	mu      sync.Mutex
	busy    int
	waiting []*waiter // in the order of their turns
}

// waiter is a run that waits for a thread.
type waiter struct {
	due  time.Time
	turn chan struct{} // closed when it has a thread
}

// tryEnter takes a thread if one is free.
func (q *queue) tryEnter() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.busy == q.threads {
		return false
	}
	q.busy++
	return true
}

// enter waits for a thread until ctx ends.
func (q *queue) enter(ctx context.Context) error {
	if q.tryEnter() {
		return nil
	}
	w := q.join(ctx)
	select {
	case <-w.turn:
		return nil
	case <-ctx.Done():
		if q.giveUp(w) {
			return ctx.Err()
		}
		return nil // it was given a thread meanwhile
	}
}

// join puts a run in its place. It may get a thread at once, which was released a moment ago.
func (q *queue) join(ctx context.Context) *waiter {
	w := &waiter{dueTime(ctx, time.Now()), make(chan struct{})}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.busy < q.threads {
		q.busy++
		close(w.turn)
		return w
	}
	place := len(q.waiting) // behind those that are due at the same time
	for place > 0 && q.waiting[place-1].due.After(w.due) {
		place--
	}
	q.waiting = slices.Insert(q.waiting, place, w)
	return w
}

// giveUp takes a run out that still waits.
func (q *queue) giveUp(w *waiter) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	place := slices.Index(q.waiting, w)
	if place < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, place, place+1)
	return true
}

// leave passes the thread of a run that has ended on to the next one.
func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.busy--
		return
	}
	close(q.waiting[0].turn)
	q.waiting = slices.Delete(q.waiting, 0, 1)
}

// inUse is how many threads run something.
func (q *queue) inUse() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.busy
}
