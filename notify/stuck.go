package notify

import (
	"sync"
	"time"
)

// stuckAfter is how long the outbox may not move until the dispatcher counts as stuck: a commit or a backup may hold it for seconds.
const stuckAfter = 10 * time.Second

// work is something that the dispatcher repeats until it succeeds.
type work struct {
	mu    sync.Mutex
	since time.Time // when what has not succeeded yet began; zero: nothing is under way
}

// begin notes an attempt. Those that repeat one that failed change nothing.
func (w *work) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		w.since = time.Now()
	}
}

func (w *work) succeed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = time.Time{}
}

func (w *work) stuck() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.since.IsZero() && time.Since(w.since) > stuckAfter
}

// Stuck says why nothing moves in the outbox, whatever its targets; empty: it moves. Targets that fail or hang are not a reason: they
// delay no other, and a server whose receiver is down must go on to take calls.
func (d *Dispatcher) Stuck() string {
	switch {
	case d.reads.stuck():
		return "the outbox cannot be read"
	case d.writes.stuck():
		return "what was delivered cannot be written to the outbox"
	}
	return ""
}
