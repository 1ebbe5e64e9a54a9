package node

import (
	"context"

	"timbre/api"
)

// openAPI serves the two AWS APIs.
func (n *Node) openAPI(ctx context.Context) error {
	s := n.settings
	if err := api.Stock(ctx, n.env, n.store, s.Numbers); err != nil {
		return err
	}
	n.api = api.New(n.env, api.Config{Rates: s.Rates(), Concurrency: s.QuotaLimits().Crowd, PageKey: n.pageKey},
		api.Deps{Store: n.store, Calls: n.calls, Tasks: n.tasks, Pipelines: n.pipelines, Targets: n.notices, Pings: n.sip, Logs: n.logs, Keys: n.keys, Signatures: n.signatures})
	server, err := n.listenHTTP("api", string(s.API.Listen), s.API.TLS, n.requestDoor("api", s.API.Door), n.api)
	if err != nil {
		return err
	}
	n.API, n.Secure = server.address, server.secure
	return nil
}

// openAdmin serves the operator's pages.
func (n *Node) openAdmin(context.Context) error {
	server, err := n.listenHTTP("admin", string(n.settings.Admin.Listen), n.settings.Admin.TLS, n.requestDoor("admin", n.settings.Admin.Door), n.admin())
	if err != nil {
		return err
	}
	n.Admin, n.AdminSecure = server.address, server.secure
	return nil
}
