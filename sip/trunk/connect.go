package trunk

import (
	"errors"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// connect brings the gateway's answer to the caller, and the caller's ACK back. What the gateway says of media answers the
// caller's offer or, where there was none, is an offer that the ACK answers.
func (c *call) connect(at *attempt, res *gosip.Response) *transport.Refusal {
	a, b := c.caller(), at.b
	b.Established(res)
	c.e.sides.put(b)
	c.setUp(b)
	text, late, r := c.readAnswer(at, res)
	if r != nil {
		at.acknowledge(nil)
		return r
	}
	if late == nil {
		at.acknowledge(nil)
	}
	if c.isGivenUp() || c.isOver() {
		at.acknowledge(nil)
		return transport.Refuse(487, "cancelled", "the caller gave up")
	}
	c.analyse()
	out := a.Response(c.invite, res.StatusCode, res.Reason)
	carry(res, out, asItIs)
	c.wanted.Grant(out, c.invite)
	if txid := c.transaction(); txid != "" && c.e.cfg.Header != "" {
		out.AppendHeader(gosip.NewHeader(c.e.cfg.Header, txid))
	}
	dialog.Describe(out, text)
	a.tell(text)
	b.tell(at.offered)
	c.setUp(a)
	ack, ok := c.confirm(a, c.invite, c.tx, out, c.first)
	if !ok {
		at.acknowledge(nil)
		return nil
	}
	if late != nil && !c.settleLate(at, late, ack) {
		return nil
	}
	c.release(c.first)
	a.Timer.Restart(c.wanted)
	b.Timer.Restart(dialog.Granted(res))
	c.e.metrics.answered.Inc()
	c.e.log.Info("trunk call", "transaction", c.transaction(), "call", c.invite.CallID().Value(), "gateway", at.g.host)
	return nil
}

// readAnswer is what the caller is told of media. A proposal with it is the gateway's: the caller has not answered it yet.
func (c *call) readAnswer(at *attempt, res *gosip.Response) (text []byte, late *proposal, r *transport.Refusal) {
	raw, r := descriptionOf(res)
	switch {
	case r != nil:
		return nil, nil, transport.Refuse(502, "bad_answer", "%s", r.Detail)
	case at.proposal != nil && raw != nil:
		text, r = c.answered(at.proposal, raw)
	case at.proposal != nil && at.early != nil:
		text = at.early
	case raw == nil:
		r = transport.Refuse(502, "bad_answer", "the gateway answered without a description")
	default:
		if late, text, r = c.propose(at.b, raw); r != nil {
			r = transport.Refuse(502, "bad_answer", "%s", r.Detail)
		}
	}
	return text, late, r
}

// settleLate brings the caller's answer to the gateway's offer. False: there is none that can be used.
func (c *call) settleLate(at *attempt, late *proposal, ack *gosip.Request) bool {
	raw, r := descriptionOf(ack)
	if r == nil && raw == nil {
		r = transport.Refuse(400, "bad_answer", "the ACK has no answer to the offer")
	}
	var text []byte
	if r == nil {
		text, r = c.answered(late, raw)
	}
	at.acknowledge(text)
	if r != nil {
		c.hangUp(c.e.ctx, nil, r.Detail)
		return false
	}
	at.b.tell(text)
	return true
}

// acknowledge sends the ACK for the gateway's 2xx, with an answer if it is due; once.
func (at *attempt) acknowledge(text []byte) {
	if err := at.tx.Acknowledge(text); err != nil {
		at.c.e.log.Warn("an ACK could not be sent", "error", err) // the answer will come again
	}
}

// confirm sends the 2xx to an INVITE until the ACK comes, and gives it. False: none came, or the call is over.
func (c *call) confirm(s *side, req *gosip.Request, tx gosip.ServerTransaction, res *gosip.Response, by *claim) (*gosip.Request, bool) {
	ack, err := s.Confirm(dialog.Confirmation{
		Request: req, Response: res, Tx: tx, Cancelled: c.isGivenUp,
		Acked: func(ack *gosip.Request) {
			if len(ack.Body()) == 0 {
				c.release(by) // nothing is left to be settled: the peer may ask for the next change at once
			}
		},
	})
	switch {
	case errors.Is(err, dialog.ErrCancelled):
		c.hangUp(c.e.ctx, s, "")
	case errors.Is(err, dialog.ErrNoACK):
		c.hangUp(c.e.ctx, nil, "the answer was not acknowledged")
	}
	return ack, err == nil
}
