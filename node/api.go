package node

import (
	"context"

	"timbre/api"
	"timbre/config"
)

// openAPI serves the two AWS APIs.
func (n *Node) openAPI(ctx context.Context) error {
	s := n.settings
	deps := api.Deps{
		Store: n.store, Tasks: starter{n.tasks, n.pipelines}, Pipelines: n.pipelines,
		Pings: n.sip, Keys: n.Credentials, Region: n.env.Region, Account: n.env.Account,
		NewID: n.env.NewID, Now: n.env.Now, Log: n.env.Log, Metrics: n.env.Metrics,
		Rates: s.Rates(), Crowd: s.QuotaLimits().Crowd, PageKey: n.pageKey,
	}
	if err := api.Stock(ctx, deps, s.Numbers); err != nil {
		return err
	}
	server, err := n.listenHTTP("api", string(s.API.Listen), s.API.TLS, api.New(deps))
	if err != nil {
		return err
	}
	n.API, n.Secure = server.address, server.secure
	return nil
}

// openAdmin serves the operator's pages.
func (n *Node) openAdmin(context.Context) error {
	server, err := n.listenHTTP("admin", string(n.settings.Admin.Listen), config.TLS{}, n.admin())
	if err != nil {
		return err
	}
	n.Admin = server.address
	return nil
}
