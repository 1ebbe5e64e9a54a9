package sip

import (
	"net/netip"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/recording"
	"timbre/sip/siprec"
	"timbre/sip/transport"
	"timbre/sip/trunk"
)

// incoming is an INVITE that a connector has admitted.
type incoming struct {
	dialog.Incoming
	body   siprec.Body
	access timbre.Access
}

// invite passes a call on to recordings or trunk, or refuses it. A second INVITE of the call is refused until the call is over;
// after a refusal it may come again at once.
func (s *Server) invite(req *gosip.Request, tx gosip.ServerTransaction) {
	if s.leaving.Load() {
		s.stack.Refuse(req, tx, stopping())
		return
	}
	if !s.invites.Reserve(req) {
		s.stack.Refuse(req, tx, transport.Refuse(482, "merged", "the call exists already"))
		return
	}
	serve, r := s.accept(req, tx)
	if r != nil {
		s.stack.Refuse(req, tx, r)
		return
	}
	serve()
}

// stopping is the refusal of a server that takes no new calls.
func stopping() *transport.Refusal {
	return transport.Refuse(503, "unavailable", "the server is stopping").With("Retry-After", "10")
}

// overloaded is the refusal of a server that can analyse no more calls; nil: it can.
func (s *Server) overloaded() *transport.Refusal {
	if !timbre.Overloaded(s.deps.Load) {
		return nil
	}
	return transport.Refuse(503, "overload", "the server is overloaded").With("Retry-After", "10")
}

// accept finds the server of an INVITE: the recordings, or the trunk if the connector has routes and the INVITE is no recording
// session. A refusal releases the reservation; otherwise serve takes it over.
func (s *Server) accept(req *gosip.Request, tx gosip.ServerTransaction) (serve func(), r *transport.Refusal) {
	defer func() {
		if serve == nil {
			s.invites.Release(req)
		}
	}()
	in, r := s.admitted(req, tx)
	if r != nil {
		return nil, r
	}
	var err error
	if in.body, err = siprec.ReadMessage(req); err != nil {
		return nil, recording.Unreadable(err)
	}
	routes, r := s.routes(in)
	switch {
	case r != nil:
		return nil, r
	case len(routes) == 0:
		if r = s.overloaded(); r != nil {
			return nil, r
		}
		return func() { s.record(in) }, nil
	}
	if r = s.paced(in.access); r != nil {
		return nil, r
	}
	return func() { s.bridge(in, routes) }, nil
}

// admitted asks admission which connector an INVITE is for, and whether its source may call it.
func (s *Server) admitted(req *gosip.Request, tx gosip.ServerTransaction) (in incoming, r *transport.Refusal) {
	source, err := netip.ParseAddrPort(req.Source())
	if err != nil {
		return in, transport.Refuse(500, "internal", "no source address: %v", err)
	}
	in.Request, in.Tx, in.Over = req, tx, func() { s.invites.Release(req) }
	in.Source = netip.AddrPortFrom(source.Addr().Unmap(), source.Port())
	in.Endpoint = s.stack.EndpointOf(tx, req.Transport(), in.Source)
	in.access, r = s.admit(req, in.Source.Addr())
	in.Connector = in.access.Connector
	s.stack.LogFor(tx, in.Connector.ID)
	return in, r
}

// record gives a call to the recordings.
func (s *Server) record(in incoming) {
	s.recordings.Invite(recording.Incoming{
		Incoming: in.Incoming, Body: in.body, Admit: func() *transport.Refusal { return s.paced(in.access) },
	})
}

// bridge gives a call to the trunk.
func (s *Server) bridge(in incoming, routes []timbre.Route) {
	s.trunk.Invite(trunk.Incoming{Incoming: in.Incoming, Description: in.body.SDP, Routes: routes, Access: in.access})
}

// routes are those by which a call is bridged; none: it is recorded.
func (s *Server) routes(in incoming) ([]timbre.Route, *transport.Refusal) {
	if recording.Wanted(in.Request, in.body) {
		return nil, nil
	}
	o, err := s.deps.Routes.Origination(s.ctx, in.Connector.ID)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound, o.Disabled:
		return nil, nil
	case err != nil:
		return nil, transport.Failure(err)
	}
	return o.Routes, nil
}
