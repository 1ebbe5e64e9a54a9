package admission

import (
	"sync"

	"timbre"
	"timbre/admission/source"
)

// callRates holds the budget of calls of each connector that has a limit of calls a second.
type callRates struct {
	mu          sync.Mutex
	byConnector map[string]*source.Budget
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
			a.calls.byConnector = map[string]*source.Budget{}
		}
		b = source.NewBudget(access.CPSLimit, now)
		a.calls.byConnector[access.Connector.ID] = b
	}
	return b.Allow(timbre.HostNetwork(access.Source), access.CPSLimit, now)
}

// forget drops the budget of a connector that is gone.
func (r *callRates) forget(connectorID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.byConnector, connectorID)
}
