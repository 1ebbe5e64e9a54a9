package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime/debug"

	"github.com/emiago/sipgo"
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/trunk"
)

// agent is the server as the exchange of trunk calls needs it.
type agent struct {
	s      *Server
	client *sipgo.Client
}

// Request sends a request that has all its headers.
func (a agent) Request(ctx context.Context, req *gosip.Request) (gosip.ClientTransaction, error) {
	a.s.calling(req)
	return a.client.TransactionRequest(ctx, req, asItIs)
}

// Write sends an ACK that has all its headers. It may go to another host than the INVITE did: the one in a cluster that has
// taken the call, and will end it.
func (a agent) Write(req *gosip.Request) error {
	a.s.calling(req)
	return a.client.WriteRequest(req, asItIs)
}

func asItIs(*sipgo.Client, *gosip.Request) error { return nil }

// Place is the first listener of a network that reaches a peer's kind of address.
func (a agent) Place(network string, peer netip.AddrPort) (trunk.Place, bool) {
	for _, l := range a.s.listeners {
		at := addrPort(l.bound())
		switch {
		case l.network != network || !at.IsValid():
		case !at.Addr().IsUnspecified() && (at.Addr().Is4() != peer.Addr().Is4() || at.Addr().IsLoopback() != peer.Addr().IsLoopback()):
		default:
			return a.s.place(l.bound(), network, peer), true
		}
	}
	return trunk.Place{}, false
}

// place is where a listener is reached by a peer.
func (s *Server) place(bound net.Addr, network string, peer netip.AddrPort) trunk.Place {
	p := trunk.Place{Addr: reached(bound, peer)}
	p.Told = s.advertised(p.Addr, peer.Addr())
	if at := addrPort(bound); network == "udp" && at.IsValid() {
		p.Socket = gosip.Addr{IP: at.Addr().AsSlice(), Port: int(at.Port())} // from the port that the peer knows
	}
	return p
}

func (a agent) Connected(network, address string) bool {
	c, err := a.s.ua.TransportLayer().GetConnection(network, address)
	if err != nil {
		return false
	}
	_, _ = c.TryClose() // GetConnection has counted us in
	return true
}

func (a agent) Lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

func (a agent) Do(f func()) bool {
	if !a.s.gate.enter() {
		return false
	}
	go func() {
		defer a.s.gate.leave()
		defer func() {
			if p := recover(); p != nil {
				a.s.log.Error("panic", "panic", private(fmt.Sprint(p)), "stack", string(debug.Stack()))
			}
		}()
		f()
	}()
	return true
}

func (a agent) Refuse(req *gosip.Request, tx gosip.ServerTransaction, r *trunk.Refusal) {
	a.s.refuse(req, tx, &refusal{code: r.Code, reason: r.Reason, detail: r.Detail, headers: r.Headers})
}

func (a agent) Belongs(tx gosip.ServerTransaction, connectorID string) { belongs(tx, connectorID) }

func (a agent) Note(connectorID string, m gosip.Message) { a.s.note(connectorID, m) }
