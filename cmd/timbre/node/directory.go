package node

import (
	"context"

	"timbre"
	"timbre/store"
)

// directory tells the SIP side of all connectors at once: the rule that finds a call's connector looks at every one.
type directory struct{ store.Store }

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
