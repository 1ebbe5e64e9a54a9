package notify

import (
	"slices"
	"time"
)

const (
	// tripLanes is how many lanes fail in a row, without a success between them, until their target counts as failing. One lane
	// that fails again and again may have a notice that its target cannot take; then the others go on.
	tripLanes = 3
	// maxProbeWait is the longest wait between two probes of a failing target, unless it asks for more.
	maxProbeWait = 30 * time.Second
	// longestAfter is the longest wait, of those that a target may ask for, that is obeyed without a probe.
	longestAfter = time.Hour
)

// breaker is what is known of a target. Its zero value is a healthy one.
type breaker struct {
	failed   []string      // lanes that have failed since the last answer, at most tripLanes
	failures int           // probes that have failed in a row, and what opened the breaker
	open     bool          // nothing but probes is sent
	until    time.Time     // when the next probe is due
	wait     time.Duration // the present wait for it
	old      bool          // what opened it, or has kept it open, had failed before: that says nothing of a new notice
	gone     bool          // the target wants no notices
	reason   string        // the last failure
}

// setback is a failure for now.
type setback struct {
	key    string        // of its lane
	again  bool          // the notice had been tried before
	probe  bool          // it was sent to learn whether the target works
	after  time.Duration // what the target asked for
	reason string
}

// answered records that the target works: it has taken a notice, or refused one for good.
func (b *breaker) answered() { *b = breaker{} }

// fail records a failure. backoff gives the wait by the number of failures.
func (b *breaker) fail(s setback, now time.Time, backoff func(int) time.Duration) {
	b.reason = s.reason
	b.old = b.old && s.again
	if !slices.Contains(b.failed, s.key) && len(b.failed) < tripLanes {
		b.failed = append(b.failed, s.key)
	}
	switch {
	case s.after > 0:
		b.trip(now, min(s.after, longestAfter))
		b.old = false
	case b.open && s.probe, !b.open && len(b.failed) == tripLanes:
		b.trip(now, min(backoff(b.failures), maxProbeWait))
		b.old = s.again
	}
}

func (b *breaker) trip(now time.Time, wait time.Duration) {
	if until := now.Add(wait); until.After(b.until) {
		b.until, b.wait = until, wait
	}
	b.open = true
	b.failures++
}
