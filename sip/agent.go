package sip

import (
	"net/netip"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
	"timbre/sip/trunk"
)

// agent is the stack as trunk calls use it.
type agent struct{ *transport.Stack }

func (a agent) Place(network string, peer netip.AddrPort) (trunk.Place, bool) {
	e, ok := a.Endpoint(network, peer)
	return trunk.Place{Addr: e.Addr, Told: e.Advertised, Socket: e.Socket}, ok
}

func (a agent) Refuse(req *gosip.Request, tx gosip.ServerTransaction, r *trunk.Refusal) {
	a.Stack.Refuse(req, tx, &transport.Refusal{Code: r.Code, Reason: r.Reason, Detail: r.Detail, Headers: r.Headers})
}

func (a agent) Belongs(tx gosip.ServerTransaction, connectorID string) { a.LogFor(tx, connectorID) }

func (a agent) Note(connectorID string, m gosip.Message) { a.LogMessage(connectorID, m) }
