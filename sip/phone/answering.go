package phone

import (
	"errors"

	"github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
)

const allow = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE"

// answer serves what the server may ask while the call lives: BYE, OPTIONS, and session refreshes by INVITE or UPDATE.
func (l *line) answer(req *sip.Request, tx sip.ServerTransaction) {
	c, found := l.calls.Find(req)
	switch {
	case found:
		c.answer(req, tx)
	case req.IsAck():
	case req.Method == sip.OPTIONS && !req.To().Params.Has("tag"):
		res := sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil)
		res.AppendHeader(sip.NewHeader("Allow", allow))
		l.respond(tx, res)
	default:
		l.respond(tx, dialog.NoDialog().Response(req))
	}
}

// answer serves a request in the dialog of the call.
func (c *Call) answer(req *sip.Request, tx sip.ServerTransaction) {
	if r := c.dialog.Receive(req); r != nil {
		c.line.respond(tx, r.Response(req))
		return
	}
	switch req.Method {
	case sip.ACK: // the dialog has taken it
	case sip.INVITE, sip.UPDATE:
		c.refresh(req, tx)
	case sip.BYE:
		c.line.respond(tx, c.dialog.Response(req, sip.StatusOK, "OK")) // it has ended already
	default:
		c.line.respond(tx, c.dialog.Response(req, sip.StatusOK, "OK"))
	}
}

// refresh answers a re-INVITE or an UPDATE: what was offered stays.
func (c *Call) refresh(req *sip.Request, tx sip.ServerTransaction) {
	c.dialog.Retarget(req)
	res := c.dialog.Response(req, sip.StatusOK, "OK")
	if req.IsInvite() || len(req.Body()) > 0 {
		dialog.SetSDP(res, c.offer)
	}
	if !req.IsInvite() {
		c.line.respond(tx, res)
		return
	}
	if _, err := c.dialog.Confirm(dialog.Confirmation{Request: req, Response: res, Tx: tx}); errors.Is(err, dialog.ErrNoACK) && c.end() {
		c.dialog.Ask(c.line.ctx, c.dialog.Request(sip.BYE), nil)
	}
}

func (l *line) respond(tx sip.ServerTransaction, res *sip.Response) {
	if err := tx.Respond(res); err != nil {
		l.log.Warn("SIP response not sent", "status", res.StatusCode, "error", err)
	}
}
