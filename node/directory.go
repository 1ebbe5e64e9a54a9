package node

import (
	"context"

	"timbre"
	"timbre/store"
)

// directory is the store as the stages that take calls see it.
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
