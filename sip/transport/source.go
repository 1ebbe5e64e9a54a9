package transport

import (
	"net/netip"
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// suspicious are the reasons for which scanners are refused. They count towards the ban of an unknown source, whose limits
// are those of the source limiter (admission/source). A call that
// does not exist is not among them: after a restart, a peer that authenticates by password is unknown, and sends BYE for
// all its calls from before.
var suspicious = []string{"forbidden", "wrong_digest", "challenged", "encryption", "no_connector", "malformed", "method", "extension"}

// Source is the address that a message came from; not valid for one that did not come from the network.
func Source(m gosip.Message) netip.Addr {
	source, err := netip.ParseAddrPort(m.Source())
	if err != nil {
		return netip.Addr{}
	}
	return source.Addr().Unmap()
}

// Known reports whether the source of a request is known.
func (s *Stack) Known(req *gosip.Request) bool { return s.deps.Sources.Known(Source(req)) }

// scored reports a suspicious refusal to the ban score of its source. It also ends the transaction of an INVITE that an
// unknown source sent by UDP: the source may be forged, and its owner would get the response again and again until an ACK.
func (s *Stack) scored(req *gosip.Request, tx gosip.ServerTransaction, r *Refusal) {
	if slices.Contains(suspicious, r.Reason) {
		s.deps.Sources.Failed(s.origin(req))
	}
	if req.IsInvite() && strings.EqualFold(req.Transport(), "udp") && !s.Known(req) {
		tx.Terminate()
	}
}

// called reports the destination of a request: it may respond, and send requests. Where a call goes says the operator, in the routes; where
// requests within it go say the parties, by their Contact.
func (s *Stack) called(req *gosip.Request) {
	to, err := netip.ParseAddrPort(req.Destination())
	switch {
	case err != nil:
	case withinDialog(req):
		s.deps.Sources.Asked(to.Addr().Unmap())
	default:
		s.deps.Sources.Proven(to.Addr().Unmap())
	}
}

// withinDialog reports whether a request is in a dialog, by its To tag.
func withinDialog(req *gosip.Request) bool { return req.To() != nil && req.To().Params.Has("tag") }
