package phone

import (
	"log/slog"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"timbre"
)

const allow = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE"

// answer serves what the server may ask while the call lives: BYE, OPTIONS, and session refreshes by INVITE or UPDATE.
func (l *line) answer(log *slog.Logger) error {
	srv, err := sipgo.NewServer(l.ua, sipgo.WithServerLogger(log))
	if err != nil {
		return timbre.Errorf(timbre.Internal, "phone.Dial", "user agent: %w", err)
	}
	reply := func(tx sip.ServerTransaction, res *sip.Response) {
		if err := tx.Respond(res); err != nil {
			log.Warn("answering the server", "error", err)
		}
	}
	inCall := func(do func(*Call, *sip.Request, sip.ServerTransaction)) sipgo.RequestHandler {
		return func(req *sip.Request, tx sip.ServerTransaction) {
			l.busy.RLock()
			defer l.busy.RUnlock()
			if c := l.call.Load(); c != nil && req.CallID() != nil && req.CallID().Value() == c.CallID {
				do(c, req, tx)
				return
			}
			reply(tx, sip.NewResponseFromRequest(req, sip.StatusCallTransactionDoesNotExists, "No Such Call", nil))
		}
	}
	refresh := inCall(func(c *Call, req *sip.Request, tx sip.ServerTransaction) {
		res := sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil)
		if req.IsInvite() || len(req.Body()) > 0 {
			res = sip.NewSDPResponseFromRequest(req, c.offer)
		}
		res.AppendHeader(sip.HeaderClone(&l.dialogs.ContactHDR))
		reply(tx, res)
	})
	srv.OnInvite(refresh)
	srv.OnUpdate(refresh)
	srv.OnAck(func(*sip.Request, sip.ServerTransaction) {})
	srv.OnBye(inCall(func(c *Call, req *sip.Request, tx sip.ServerTransaction) {
		if err := c.dialog.ReadBye(req, tx); err != nil {
			log.Warn("answering a BYE", "error", err)
		}
	}))
	srv.OnOptions(func(req *sip.Request, tx sip.ServerTransaction) {
		res := sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil)
		res.AppendHeader(sip.NewHeader("Allow", allow))
		reply(tx, res)
	})
	return nil
}
