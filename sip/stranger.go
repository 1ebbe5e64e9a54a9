package sip

import (
	"net/netip"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

// live reports whether a request is in a live dialog.
func (s *Server) live(req *gosip.Request) bool {
	return req.To() != nil && inDialog(req) && (s.trunk.Holds(req) || s.recordings.Holds(req))
}

// stranger answers a request of an unknown source that may be forged: nothing of it is kept, and no call begins. An INVITE is refused or
// challenged; whoever answers the challenge is served by handle.
func (s *Server) stranger(req *gosip.Request, tx gosip.ServerTransaction) {
	r := check(req)
	switch {
	case r != nil:
	case req.IsInvite() && !inDialog(req):
		r = s.introduced(req, tx)
	default:
		s.outside(req, tx)
		return
	}
	s.stack.Refuse(req, tx, r)
}

// introduced is the refusal of an INVITE without proof. Its source may have become known a moment ago: then the INVITE may come again.
func (s *Server) introduced(req *gosip.Request, tx gosip.ServerTransaction) *transport.Refusal {
	if s.leaving.Load() {
		return stopping()
	}
	source, err := netip.ParseAddrPort(req.Source())
	if err != nil {
		return transport.Refuse(500, "internal", "no source address: %v", err)
	}
	access, r := s.admit(req, source.Addr().Unmap())
	s.stack.LogFor(tx, access.Connector.ID)
	if r == nil {
		return transport.Refuse(503, "unavailable", "the source was allowed while it was answered").With("Retry-After", "1")
	}
	return r
}
