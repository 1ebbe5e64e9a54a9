package sip

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/recording"
)

// options responds to OPTIONS and records it as a ping. An unknown source, which may be forged, gets the shortest response. A
// server that takes no new calls responds as it would to an INVITE.
func (s *Server) options(req *gosip.Request, tx gosip.ServerTransaction) {
	s.pinged(req)
	r := s.overloaded()
	if s.leaving.Load() {
		r = stopping()
	}
	if r != nil {
		s.stack.Respond(tx, r.Response(req))
		return
	}
	res := gosip.NewResponseFromRequest(req, 200, "OK", nil)
	if s.stack.Known(req) {
		res.AppendHeader(gosip.NewHeader("Allow", recording.Allow))
		res.AppendHeader(gosip.NewHeader("Accept", recording.Accept))
		res.AppendHeader(gosip.NewHeader("Supported", recording.Supported))
	}
	s.stack.Respond(tx, res)
}
