package admission

import (
	"sync"

	"golang.org/x/time/rate"

	"timbre"
)

// callRates holds a token bucket for each connector that has a limit of calls a second.
type callRates struct {
	mu          sync.Mutex
	byConnector map[string]*rate.Limiter
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
	l, limit := a.calls.byConnector[access.Connector.ID], rate.Limit(access.CPSLimit)
	switch {
	case l == nil:
		if a.calls.byConnector == nil {
			a.calls.byConnector = map[string]*rate.Limiter{}
		}
		l = rate.NewLimiter(limit, access.CPSLimit)
		a.calls.byConnector[access.Connector.ID] = l
	case l.Limit() != limit:
		l.SetLimitAt(now, limit)
		l.SetBurstAt(now, access.CPSLimit)
	}
	return l.AllowN(now, 1)
}
