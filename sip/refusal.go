package sip

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/transport"
)

type refusal = transport.Refusal

var (
	refuse = transport.Refuse
	failed = transport.Failure
)

// unread is the refusal of a body that siprec.Read rejects.
func unread(err error) *refusal {
	switch timbre.KindOf(err) {
	case timbre.Limit:
		return refuse(513, "too_large", "%v", err)
	case timbre.Unprocessable:
		return refuse(415, "media_type", "%v", err).With("Accept", accept)
	default:
		return refuse(400, "malformed", "%v", err)
	}
}

func (s *Server) refuse(req *gosip.Request, tx gosip.ServerTransaction, r *refusal) {
	s.stack.Refuse(req, tx, r)
}

func callID(req *gosip.Request) string {
	if h := req.CallID(); h != nil {
		return h.Value()
	}
	return ""
}
