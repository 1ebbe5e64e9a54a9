package summary

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// idle is the wait when nothing is in the queue.
const idle = time.Hour

// queue holds the calls whose summary is to be posted, the next one first. It measures time since its making, which is monotonic
// whatever happens to the wall clock.
type queue struct {
	began time.Time

	mu    sync.Mutex
	calls []waiting
	known map[string]bool
}

type waiting struct {
	txid  string
	due   time.Duration // since began
	tries int           // that failed
}

func newQueue() *queue { return &queue{began: time.Now(), known: map[string]bool{}} }

// add adds a call after so many tries that is due after a wait, unless it is in the queue.
func (q *queue) add(txid string, wait time.Duration, tries int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.known[txid] {
		return
	}
	q.known[txid] = true
	w := waiting{txid, time.Since(q.began) + wait, tries}
	i, _ := slices.BinarySearchFunc(q.calls, w, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(a.due, b.due), -1) // behind those that are due at the same time
	})
	q.calls = slices.Insert(q.calls, i, w)
}

// next removes and returns the first call that is due; false if none is, and how long that remains so.
func (q *queue) next() (w waiting, ok bool, wait time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.calls) == 0 {
		return w, false, idle
	}
	w = q.calls[0]
	if wait = w.due - time.Since(q.began); wait > 0 {
		return w, false, wait
	}
	q.calls = slices.Delete(q.calls, 0, 1)
	delete(q.known, w.txid)
	return w, true, 0
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.calls)
}
