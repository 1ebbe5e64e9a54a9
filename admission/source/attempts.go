package source

import (
	"net/netip"
	"sync"
	"time"

	"timbre"
)

// A source with too many wrong passwords in a window may try none until the window is over.
const (
	maxAttempts   = 10
	attemptWindow = time.Minute
	maxAttempters = 10_000 // sources that are remembered
)

// Attempts counts wrong passwords by source, where a request that fails is no SIP message that Limiter has seen. It is safe
// for concurrent use.
type Attempts struct {
	now   func() time.Time
	mu    sync.Mutex
	wrong map[netip.Prefix]attempts
}

type attempts struct {
	since time.Time
	n     int
}

// NewAttempts makes an Attempts.
func NewAttempts(now func() time.Time) *Attempts {
	return &Attempts{now: now, wrong: map[netip.Prefix]attempts{}}
}

// May reports whether a source may try a password.
func (a *Attempts) May(source netip.Addr) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.wrong[timbre.HostNetwork(source)]
	return t.n < maxAttempts || a.now().Sub(t.since) >= attemptWindow
}

// Failed counts a wrong password.
func (a *Attempts) Failed(source netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, from := a.now(), timbre.HostNetwork(source)
	t := a.wrong[from]
	if now.Sub(t.since) >= attemptWindow {
		t = attempts{since: now}
	}
	if t.n == 0 && len(a.wrong) >= maxAttempters {
		clear(a.wrong) // among so many sources, none is worth remembering
	}
	t.n++
	a.wrong[from] = t
}
