package node

import (
	"context"
	"errors"

	"timbre"
)

// checkTargets reports targets of stored configurations that are unknown now: the settings may have lost a webhook since. Configurations
// that cannot be read do not keep the server from serving.
func (n *Node) checkTargets(ctx context.Context) error {
	stored, err := n.storedTargets(ctx)
	if err != nil {
		n.env.Log.ErrorContext(ctx, "the stored notification targets cannot be checked", "error", err)
	}
	n.notices.ReportUnknown(stored)
	return nil
}

// storedTargets are the targets of the configurations, with the names of those that have them.
func (n *Node) storedTargets(ctx context.Context) (map[string][]string, error) {
	const page = 500
	stored, failed := map[string][]string{}, []error(nil)
	for after := ""; ; {
		list, err := n.store.ListConfigurations(ctx, timbre.Page{After: after, Limit: page})
		if err != nil {
			return stored, err
		}
		for _, item := range list {
			c, err := n.store.Configuration(ctx, item.ID)
			if err != nil {
				failed = append(failed, err)
			}
			for _, e := range c.Elements {
				if e.Target != "" {
					stored[e.Target] = append(stored[e.Target], c.Name)
				}
			}
		}
		if len(list) < page {
			return stored, errors.Join(failed...)
		}
		after = list[len(list)-1].ID
	}
}
