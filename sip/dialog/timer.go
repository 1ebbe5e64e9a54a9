package dialog

import (
	"sync"
	"time"
)

// glareDelay is how long a refresh waits that met another change of the session. It lies within the 2.1 to 4 s that RFC 3261,
// 14.1, gives the owner of the Call-ID; one delay serves both roles, for a refresh has time.
const glareDelay = 3 * time.Second

// Timer runs the session timer of a dialog: it calls for a refresh when half of the interval is over, or reports the session
// as expired a little before its end when the peer has not refreshed it.
type Timer struct {
	do      func(func()) bool
	refresh func(Session)
	expired func()

	mu      sync.Mutex
	session Session
	timer   *time.Timer // nil: none runs
	stopped bool
}

// Restart begins the interval again with the session that a message has agreed. A session without an interval has no end.
func (t *Timer) Restart(s Session) {
	switch {
	case s.Interval == 0:
		t.set(s, 0, nil)
	case s.LocalRefresher:
		t.set(s, s.Interval/2, func() { t.refresh(s) })
	default:
		t.set(s, s.Interval-min(32*time.Second, s.Interval/3), t.expired)
	}
}

// Retry calls for a refresh again soon, after one that could not be made.
func (t *Timer) Retry(s Session) { t.set(s, glareDelay, func() { t.refresh(s) }) }

func (t *Timer) set(s Session, wait time.Duration, then func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
	t.session = s
	if then != nil && !t.stopped {
		t.timer = time.AfterFunc(wait, func() { t.do(then) })
	}
}

// Session is the session as it was agreed last. Where none has an interval yet, it is the default one, refreshed by this side.
func (t *Timer) Session() Session {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session.Interval == 0 {
		return Session{Interval: DefaultSession, LocalRefresher: true}
	}
	return t.session
}

// Running reports whether the session has an end.
func (t *Timer) Running() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.timer != nil
}

// Stop stops the timer for good.
func (t *Timer) Stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopped = true
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
}
