package sip

import (
	"net/netip"
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// suspicious are the reasons to refuse a request that scanners give. A call that is not there is none of them: after a restart,
// a peer that proves itself by a password is a stranger, and has all the calls from before to end.
var suspicious = []string{"forbidden", "wrong_digest", "challenged", "no_connector", "malformed", "method", "extension"}

// sourceOf is where a message came from; not valid when it came from nowhere.
func sourceOf(m gosip.Message) netip.Addr {
	source, err := netip.ParseAddrPort(m.Source())
	if err != nil {
		return netip.Addr{}
	}
	return source.Addr().Unmap()
}

// knows says whether a request's source is no stranger.
func (s *Server) knows(req *gosip.Request) bool { return s.sentry.Known(sourceOf(req)) }

// mistrust notes a refusal. A stranger's refused INVITE is forgotten at once: he may have named somebody else as its source,
// who would be answered until he acknowledged it. Whoever missed the answer asks again.
func (s *Server) mistrust(req *gosip.Request, tx gosip.ServerTransaction, r *refusal) {
	if slices.Contains(suspicious, r.reason) {
		s.sentry.Failed(sourceOf(req))
	}
	if req.IsInvite() && strings.EqualFold(req.Transport(), "udp") && !s.knows(req) {
		tx.Terminate()
	}
}

// calling notes whom we send a request: he may answer, and speak again.
func (s *Server) calling(req *gosip.Request) {
	if to, err := netip.ParseAddrPort(req.Destination()); err == nil {
		s.sentry.Proven(to.Addr().Unmap())
	}
}
