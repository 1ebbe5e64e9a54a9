package sip

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

// handle serves a request: those of trunk calls go to the exchange, the others by their method to the recordings.
func (s *Server) handle(req *gosip.Request, tx gosip.ServerTransaction) {
	if r := check(req); r != nil {
		s.refuse(req, tx, r)
		return
	}
	if inDialog(req) && s.trunk.Request(req, tx) {
		return
	}
	d := s.dialogs.find(req)
	if d != nil {
		s.stack.LogFor(tx, d.connector)
		if d.secured && !overTLS(req) {
			s.refuse(req, tx, inClear())
			return
		}
	}
	if serve := s.route(req, d); serve != nil {
		serve(req, tx, d)
	}
}

// inDialog says whether a request names a dialog, whether there is such a one or not.
func inDialog(req *gosip.Request) bool { return req.To().Params.GetOr("tag", "") != "" }

// server serves a request within a dialog; d is nil outside.
type server func(req *gosip.Request, tx gosip.ServerTransaction, d *dialog)

// route says who serves a request, d being its dialog. Nil: an ACK of no dialog, which gets no response.
//
//	method            outside a dialog    in a dialog that exists    in one that does not
//	INVITE            invite              refresh                    481
//	ACK               -                   acknowledge                -
//	BYE, UPDATE       481                 bye, refresh               481
//	CANCEL            481                 481                        481
//	OPTIONS           options             options                    481
//	another           405                 405                        481
func (s *Server) route(req *gosip.Request, d *dialog) server {
	switch {
	case req.IsAck() && d == nil:
		return nil
	case req.IsCancel(): // the stack has found no transaction to cancel
		return s.refuses(noTransaction)
	case req.IsInvite() && !inDialog(req):
		return s.invite
	case d == nil && (inDialog(req) || req.Method == gosip.BYE || req.Method == gosip.UPDATE):
		return s.refuses(noDialog)
	}
	if serve, ok := s.methods()[req.Method]; ok {
		return serve
	}
	return s.refuses(methodUnknown)
}

// methods are those that are served within a dialog, and OPTIONS outside one.
func (s *Server) methods() map[gosip.RequestMethod]server {
	return map[gosip.RequestMethod]server{
		gosip.ACK:     s.acknowledge,
		gosip.OPTIONS: s.options,
		gosip.BYE:     s.bye,
		gosip.INVITE:  s.refresh,
		gosip.UPDATE:  s.refresh,
	}
}

// refuses serves a request with a refusal.
func (s *Server) refuses(with func(*gosip.Request) *transport.Refusal) server {
	return func(req *gosip.Request, tx gosip.ServerTransaction, _ *dialog) { s.refuse(req, tx, with(req)) }
}

func noTransaction(*gosip.Request) *transport.Refusal {
	return refuse(481, "no_dialog", "no transaction to cancel")
}

func noDialog(*gosip.Request) *transport.Refusal {
	return refuse(481, "no_dialog", "no such call")
}

func methodUnknown(req *gosip.Request) *transport.Refusal {
	return refuse(405, "method", "method %.16q", req.Method).With("Allow", allow)
}

// acknowledge takes an ACK.
func (s *Server) acknowledge(req *gosip.Request, _ gosip.ServerTransaction, d *dialog) {
	d.acknowledged(req.CSeq().SeqNo, req.Body())
}
