package sip

import (
	"slices"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/recording"
	"timbre/sip/transport"
)

// handle checks a request and dispatches it: one in a dialog goes to the holder of the dialog.
func (s *Server) handle(req *gosip.Request, tx gosip.ServerTransaction) {
	switch r := check(req); {
	case r != nil:
		s.stack.Refuse(req, tx, r)
	case req.IsCancel(): // the stack has found no transaction to cancel
		s.stack.Refuse(req, tx, transport.Refuse(481, "no_dialog", "no transaction to cancel"))
	case inDialog(req) && s.trunk.Request(req, tx):
	case inDialog(req) && s.recordings.Request(req, tx):
		s.pinged(req)
	default:
		s.outside(req, tx)
	}
}

// inDialog reports whether a request names a dialog, whether there is such a one or not.
func inDialog(req *gosip.Request) bool { return req.To().Params.GetOr("tag", "") != "" }

// within are the methods that occur in a dialog alone.
var within = []gosip.RequestMethod{gosip.BYE, gosip.UPDATE, gosip.INFO, gosip.PRACK}

// outside serves a request that is in no dialog.
//
//	method         names no dialog    names one that does not exist
//	INVITE         invite             481
//	OPTIONS        options            481
//	ACK            -                  -
//	BYE, UPDATE,   481                481
//	INFO, PRACK
//	another        405                481
func (s *Server) outside(req *gosip.Request, tx gosip.ServerTransaction) {
	switch {
	case req.IsAck(): // gets no response
	case inDialog(req), slices.Contains(within, req.Method):
		s.stack.Refuse(req, tx, dialog.NoDialog())
	case req.IsInvite():
		s.invite(req, tx)
	case req.Method == gosip.OPTIONS:
		s.options(req, tx)
	default:
		s.stack.Refuse(req, tx, transport.Refuse(405, "method", "method %.16q is not supported", req.Method).With("Allow", recording.Allow))
	}
}
