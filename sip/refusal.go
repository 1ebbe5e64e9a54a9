package sip

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

type refusal = transport.Refusal

var (
	refuse = transport.Refuse
	failed = transport.Failure
)

func (s *Server) refuse(req *gosip.Request, tx gosip.ServerTransaction, r *refusal) {
	s.stack.Refuse(req, tx, r)
}
