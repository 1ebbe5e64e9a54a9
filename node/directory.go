package node

import (
	"context"

	"timbre"
	"timbre/store"
)

// directory tells the SIP side of all connectors at once: the rule that finds a call's connector looks at every one.
type directory struct {
	store.Store
	cps int // the quota of calls a second of a connector; 0: none
}

// Termination has the quota where it says nothing of calls a second, or more.
func (d directory) Termination(ctx context.Context, connectorID string) (timbre.Termination, error) {
	t, err := d.Store.Termination(ctx, connectorID)
	if d.cps > 0 && (t.CPSLimit == 0 || t.CPSLimit > d.cps) {
		t.CPSLimit = d.cps
	}
	return t, err
}

func (d directory) Connectors(ctx context.Context) ([]timbre.Connector, error) {
	var all []timbre.Connector
	page := timbre.Page{Limit: 100}
	for {
		some, err := d.ListConnectors(ctx, page)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) < page.Limit {
			return all, nil
		}
		page.After = some[len(some)-1].ID
	}
}
