package trunk

import (
	"errors"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// connect relays the gateway's 2xx to the caller, and the caller's ACK to the gateway. The 2xx answers the caller's offer or,
// if there was none, is an offer that the ACK answers.
func (c *call) connect(a *attempt, res *gosip.Response) *transport.Refusal {
	c.established(a.side, res)
	if r := c.awaitPracks(); r != nil {
		a.acknowledge(nil)
		return r
	}
	by := c.reclaim()
	c.early.Store(nil)
	a.dialogs.End()
	description, late, r := c.readAnswer(a, res)
	if r != nil || late == nil {
		a.acknowledge(nil)
	}
	if r != nil {
		return r
	}
	if c.isCancelled() || c.isOver() {
		a.acknowledge(nil)
		return transport.Refuse(487, "cancelled", "the caller cancelled the call")
	}
	c.toll.Answered(c.cut)
	c.analyse()
	out := c.answer(res, description)
	c.provisionals.Close()
	a.noteSent(description)
	c.setAnswered(c.caller())
	ack, ok := c.confirm(c.caller(), c.invite, c.tx, out, by)
	if !ok {
		a.acknowledge(nil)
		return nil
	}
	if late != nil && !c.answerLate(a, late, ack) {
		return nil
	}
	c.release(by)
	c.caller().Timer.Restart(c.session)
	a.side.Timer.Restart(dialog.Granted(res))
	c.ua.metrics.answered.Inc()
	c.ua.env.Log.Info("trunk call", "transaction", c.transactionID(), "call", c.id(), "gateway", a.gateway.host)
	return nil
}

// established makes the dialog of a gateway that has answered known.
func (c *call) established(s *side, res *gosip.Response) {
	s.Established(res)
	c.ua.live.put(s)
	c.setAnswered(s)
}

// answer is the 2xx to the caller's INVITE.
func (c *call) answer(res *gosip.Response, description []byte) *gosip.Response {
	out := c.caller().Response(c.invite, res.StatusCode, res.Reason)
	copyHeaders(res, out, unchanged)
	c.session.Grant(out, c.invite)
	if id := c.transactionID(); id != "" && c.ua.cfg.Header != "" {
		out.AppendHeader(gosip.NewHeader(c.ua.cfg.Header, id))
	}
	dialog.SetSDP(out, description)
	return out
}

// readAnswer is the description that the caller is sent; nil when it has been sent one for good. A proposal with it is the gateway's offer,
// which the caller has yet to answer.
func (c *call) readAnswer(a *attempt, res *gosip.Response) (description []byte, late *proposal, r *transport.Refusal) {
	raw, r := descriptionOf(res)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case r != nil:
		return nil, nil, transport.Refuse(502, "bad_answer", "%s", r.Detail)
	case a.agreed.Load() != nil && (raw == nil || a.proposal == nil):
	case a.proposal != nil && raw != nil:
		description, r = c.accepted(a.proposal, raw)
	case a.proposal != nil && a.earlyMedia != nil:
		description = a.earlyMedia
	case raw == nil:
		r = transport.Refuse(502, "bad_answer", "the gateway answered without a session description")
	default:
		if late, description, r = c.propose(a.side, raw); r != nil {
			r = transport.Refuse(502, "bad_answer", "%s", r.Detail)
		}
	}
	return description, late, r
}

// noteSent records what both sides were sent last: the caller a description in the 2xx, or before it.
func (a *attempt) noteSent(description []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if description == nil {
		description = a.earlyMedia
	}
	a.call.caller().sent(description)
	a.side.sent(a.offer)
}

// answerLate relays the caller's answer, in its ACK, to the gateway's offer. False: there is none that can be used.
func (c *call) answerLate(a *attempt, late *proposal, ack *gosip.Request) bool {
	raw, r := descriptionOf(ack)
	if r == nil && raw == nil {
		r = transport.Refuse(400, "bad_answer", "the ACK has no answer to the offer")
	}
	var description []byte
	if r == nil {
		description, r = c.accepted(late, raw)
	}
	a.acknowledge(description)
	if r != nil {
		c.hangUp(c.ua.ctx, nil, r.Detail)
		return false
	}
	a.side.sent(description)
	return true
}

// acknowledge sends the ACK for the gateway's 2xx, with an answer if one is due; once.
func (a *attempt) acknowledge(description []byte) {
	if err := a.tx.Acknowledge(description); err != nil {
		env := a.call.ua.env
		env.Repeats.Count(env.Log, a.gateway.host, "ACK not sent", "error", err) // a repeated 2xx brings it again
	}
}

// confirm sends the 2xx to an INVITE until the ACK comes, and returns the ACK. False: none came, or the call is over.
func (c *call) confirm(s *side, req *gosip.Request, tx gosip.ServerTransaction, res *gosip.Response, by *claim) (*gosip.Request, bool) {
	ack, err := s.Confirm(dialog.Confirmation{
		Request: req, Response: res, Tx: tx, Cancelled: c.isCancelled,
		Sent: func(cancelled bool) {
			if req == c.invite && !cancelled {
				c.sent()
			}
		},
		Acked: func(ack *gosip.Request) {
			if len(ack.Body()) == 0 {
				c.release(by) // the offer is answered: the peer may change the session at once
			}
		},
	})
	switch {
	case errors.Is(err, dialog.ErrCancelled):
		c.hangUp(c.ua.ctx, s, "")
	case errors.Is(err, dialog.ErrNoACK):
		c.hangUp(c.ua.ctx, nil, "the answer was not acknowledged")
	}
	return ack, err == nil
}
