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
	gone     bool          // the target wants no notices
	reason   string        // the last failure
}

// answered records that the target works: it has taken a notice, or refused one for good.
func (b *breaker) answered() { *b = breaker{} }

// fail records a failure for now of a lane. backoff gives the wait by the number of failures; after is what the target asked for.
func (b *breaker) fail(key string, probe bool, now time.Time, after time.Duration, backoff func(int) time.Duration, reason string) {
	b.reason = reason
	if !slices.Contains(b.failed, key) && len(b.failed) < tripLanes {
		b.failed = append(b.failed, key)
	}
	switch {
	case after > 0:
		b.trip(now, min(after, longestAfter))
	case probe, !b.open && len(b.failed) == tripLanes:
		b.trip(now, min(backoff(b.failures), maxProbeWait))
	}
}

func (b *breaker) trip(now time.Time, wait time.Duration) {
	if until := now.Add(wait); until.After(b.until) {
		b.until, b.wait = until, wait
	}
	b.open = true
	b.failures++
}
