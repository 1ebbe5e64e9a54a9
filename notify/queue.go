package notify

import (
	"time"

	"timbre"
)

const (
	startWindow = 4  // attempts at a time to a target that has not proved itself
	readAhead   = 64 // heads of a target that are held in memory
)

// queue is the state of a target: what is known to be due, what is on its way, and its breaker. Only the goroutine of Run uses it.
// It holds keys and numbers of notices, no payloads.
type queue struct {
	target string
	kind   string
	sink   Sink // nil: none serves this kind

	first, again []timbre.Head   // due, not started
	busy         map[string]bool // lanes whose head is on its way, or delivered and not yet removed
	unread       bool            // the outbox may have more that is due
	retry        time.Time       // when the next postponed notice is due; zero: none that is known

	window   int  // attempts at a time; it grows with each success and is halved by each failure
	proven   bool // the last attempt was a success
	inFlight int
	retrying int // of these, with notices that have been tried before
	turns    int

	listed bool      // in the ring, or starved
	timer  time.Time // when it takes part again by itself; zero: never
	heap   int       // position in the heap of timers; -1: none

	breaker breaker
}

func newQueue(target string, sinks Sinks, allow Allow, window int) *queue {
	kind := Kind(target)
	sink := sinks[kind]
	if why := allow.Check(target); why != nil && sink != nil {
		sink = forbidden{why}
	}
	return &queue{target: target, kind: kind, sink: sink, busy: map[string]bool{}, window: window, heap: -1}
}

// idle says that nothing would be lost if the queue were forgotten.
func (q *queue) idle() bool {
	return !q.proven && len(q.busy) == 0 && !q.unread && len(q.first)+len(q.again) == 0 && q.retry.IsZero() && !q.breaker.open && !q.breaker.gone
}

// limit is how many attempts may be on their way: one to a target that fails.
func (q *queue) limit() int {
	if q.breaker.open {
		return 1
	}
	return q.window
}

// full says that no attempt may start, except a spare one.
func (q *queue) full(now time.Time) bool { return !q.opens(now).IsZero() || q.inFlight >= q.limit() }

// opens is when the next probe is due; zero: it is, or the breaker is closed.
func (q *queue) opens(now time.Time) (at time.Time) {
	if q.breaker.open && now.Before(q.breaker.until) {
		at = q.breaker.until
	}
	return at
}

// spare says whether a notice that has not been tried may start although the queue is full. It may if only retries stand in its way: a few
// notices that the target cannot take must not delay the others. A target that has failed a new one is left alone until a probe.
func (q *queue) spare() bool {
	return q.inFlight == q.retrying && (!q.breaker.open || q.breaker.old)
}

// fill takes what the outbox has returned, except lanes that are busy.
func (q *queue) fill(due timbre.Due, limit int) {
	q.unread = len(due.First) == limit || len(due.Again) == limit
	q.first, q.again = q.free(due.First), q.free(due.Again)
	q.retry = time.Time{}
}

func (q *queue) free(heads []timbre.Head) (free []timbre.Head) {
	for _, h := range heads {
		if !q.busy[h.Key] {
			free = append(free, h)
		}
	}
	return free
}

// take removes up to n heads that can start. First tries go before retries, but a quarter of the turns and at most half of the
// attempts are retries', so that neither keeps the other out. A probe is a first try if there is one. A full queue has first tries alone.
func (q *queue) take(n int, full bool) (heads []timbre.Head, again bool) {
	q.turns++
	mayRetry := !full && len(q.again) > 0 && q.retrying < max(1, q.window/2)
	from := &q.first
	if mayRetry && (len(q.first) == 0 || q.turns%4 == 0 && !q.breaker.open) {
		from, again = &q.again, true
	}
	n = min(n, len(*from))
	heads, *from = (*from)[:n:n], (*from)[n:]
	for _, h := range heads {
		q.busy[h.Key] = true
	}
	return heads, again
}
