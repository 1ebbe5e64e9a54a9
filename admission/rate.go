package admission

import (
	"net/netip"
	"sync"
	"time"

	"timbre"
)

// callRates holds the budget of calls of each connector that has a limit of calls a second.
type callRates struct {
	mu          sync.Mutex
	byConnector map[string]*callBudget
}

// callsASecond is a connector's limit of calls a second, within the quota. 0: unlimited.
func (c Config) callsASecond(t timbre.Termination) int {
	if c.MaxCPS > 0 && (t.CPSLimit == 0 || t.CPSLimit > c.MaxCPS) {
		return c.MaxCPS
	}
	return t.CPSLimit
}

// AllowCall counts one call against the connector's calls a second, or returns false when the limit is reached. A second's
// calls may come at once; then one may follow whenever its share of a second has passed.
func (a *Admission) AllowCall(access timbre.Access) bool {
	if access.CPSLimit <= 0 {
		return true
	}
	now := a.env.Steady()
	a.calls.mu.Lock()
	defer a.calls.mu.Unlock()
	b := a.calls.byConnector[access.Connector.ID]
	if b == nil {
		if a.calls.byConnector == nil {
			a.calls.byConnector = map[string]*callBudget{}
		}
		b = newCallBudget(access.CPSLimit, now)
		a.calls.byConnector[access.Connector.ID] = b
	}
	return b.allow(timbre.HostNetwork(access.Source), access.CPSLimit, now)
}

const (
	callerLife = 10 * time.Second // how long a source that has called has a share
	maxCallers = 1000             // sources with a share of their own, of a connector
	aCall      = 1 - 1e-6         // what has to be left for one: parts of a second are not exact
)

// callBudget is the calls a second of a connector. One source may use all of them while no other one calls. A source that has not used its
// share, the same for all that call, may call although others have used up the rest; these wait until that is paid back, so that the limit
// holds over a few seconds.
type callBudget struct {
	limit   float64 // since the last call
	left    float64 // below zero: to be paid back
	at      time.Time
	callers map[netip.Prefix]*caller
	looked  time.Time // when callers were last forgotten
}

// caller is what a source has left of its share.
type caller struct {
	left float64
	at   time.Time // of its last attempt
}

func newCallBudget(limit int, now time.Time) *callBudget {
	return &callBudget{limit: float64(limit), left: float64(limit), at: now, callers: map[netip.Prefix]*caller{}, looked: now}
}

// allow counts one call, or returns false.
func (b *callBudget) allow(from netip.Prefix, limit int, now time.Time) bool {
	all := float64(limit)
	b.left = refill(b.left, b.at, now, b.limit)
	b.at, b.limit = now, all
	b.left = min(b.left, all)
	b.forget(now)
	c, share := b.caller(from, all, now)
	c.left = refill(c.left, c.at, now, share)
	c.at = now
	switch {
	case b.left >= aCall:
	case len(b.callers) > 1 && c.left >= aCall && b.left > 1-all:
	default:
		return false
	}
	b.left--
	c.left = max(c.left-1, 0)
	return true
}

// caller is what a source has left, and the share of each. It is a call at least.
func (b *callBudget) caller(from netip.Prefix, all float64, now time.Time) (c *caller, share float64) {
	if b.callers[from] == nil && len(b.callers) >= maxCallers {
		from = netip.Prefix{}
	}
	c = b.callers[from]
	if c == nil {
		c = &caller{left: all, at: now} // which is cut to its share
		b.callers[from] = c
	}
	return c, max(all/float64(len(b.callers)), 1)
}

// forget drops the callers that have not called for a while, once a second.
func (b *callBudget) forget(now time.Time) {
	if now.Sub(b.looked) < time.Second {
		return
	}
	b.looked = now
	for from, c := range b.callers {
		if now.Sub(c.at) >= callerLife {
			delete(b.callers, from)
		}
	}
}

// refill is what is left at a rate a second, a second's worth at most.
func refill(left float64, since, now time.Time, rate float64) float64 {
	return min(left+now.Sub(since).Seconds()*rate, rate)
}
