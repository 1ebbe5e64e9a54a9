package trunk

import (
	"bytes"
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// change is a re-INVITE or an UPDATE of a side, to be answered.
type change struct {
	from        *side
	req         *gosip.Request
	tx          gosip.ServerTransaction
	description []byte         // nil: none, so that a re-INVITE asks for an offer
	session     dialog.Session // that it asks for
	by          *claim         // on the session; nil for one that does not change it
}

// change answers a re-INVITE or an UPDATE of a side. One that repeats the last description only refreshes the session and is
// answered here; another one is relayed, and its answer back.
func (c *call) change(from *side, req *gosip.Request, tx gosip.ServerTransaction) {
	ch := &change{from: from, req: req, tx: tx}
	if r := c.prepareChange(ch); r != nil {
		c.ua.deps.Agent.Refuse(req, tx, r)
		return
	}
	received, sent := from.exchanged()
	switch {
	case ch.description != nil && bytes.Equal(ch.description, received):
		c.accept(ch, sent)
	case ch.by == nil:
		c.accept(ch, nil)
	default:
		c.relayChange(ch)
	}
}

// prepareChange reads what a change asks for, and claims the session for it.
func (c *call) prepareChange(ch *change) (r *transport.Refusal) {
	end, r := ch.from.Turn(ch.req)
	if r != nil {
		return r
	}
	defer end()
	if ch.session, r = requestedSession(ch.req); r != nil {
		return r
	}
	if ch.description, r = descriptionOf(ch.req); r != nil {
		return r
	}
	if ch.description != nil || ch.req.IsInvite() {
		if ch.by, r = c.claim(ch.from.which); r != nil {
			return r
		}
	}
	if r = c.tooEarly(ch); r != nil {
		c.release(ch.by)
		return r
	}
	ch.from.Retarget(ch.req)
	return nil
}

// refuse refuses a change.
func (c *call) refuse(ch *change, r *transport.Refusal) {
	c.release(ch.by)
	c.ua.deps.Agent.Refuse(ch.req, ch.tx, r)
}

// accept answers a change that has been made, and returns the ACK of a re-INVITE. False: none came.
func (c *call) accept(ch *change, description []byte) (*gosip.Request, bool) {
	defer c.release(ch.by)
	out := ch.from.Response(ch.req, 200, "OK")
	ch.session.Grant(out, ch.req)
	dialog.SetSDP(out, description)
	if description != nil {
		ch.from.sent(description)
	}
	c.restartTimer(ch.from, ch.session)
	if ch.req.IsInvite() {
		return c.confirm(ch.from, ch.req, ch.tx, out, ch.by)
	}
	c.release(ch.by) // before the peer has the answer, and may ask for the next change
	c.ua.deps.Agent.Respond(ch.tx, out)
	return nil, true
}

// relayChange relays a change to the other side, and its answer back. Nothing is changed when the other side refuses.
func (c *call) relayChange(ch *change) {
	var p *proposal
	var description []byte
	if ch.description != nil {
		var r *transport.Refusal
		if p, description, r = c.propose(ch.from, ch.description); r != nil {
			c.refuse(ch, r)
			return
		}
	}
	out := &relayed{call: c, to: ch.from.other()}
	res := out.ask(c.outgoing(ch, description), cancelOf(ch))
	if !res.IsSuccess() {
		c.release(ch.by)
		c.declined(ch.from, ch.req, ch.tx, res)
		return
	}
	c.restartTimer(out.to, dialog.Granted(res))
	answer, late, r := out.read(p, res)
	if r != nil {
		out.acknowledge(nil)
		c.refuse(ch, r)
		return
	}
	if late == nil {
		out.acknowledge(nil)
		out.to.sent(description)
		if early := c.early.Load(); early != nil && p != nil {
			early.changed(p, description, answer)
		}
		c.accept(ch, answer)
		return
	}
	if ack, ok := c.accept(ch, answer); ok {
		out.answerLate(late, ack)
	} else {
		out.acknowledge(nil)
	}
}

// restartTimer begins the session of a side again. Before the INVITE is answered there is none.
func (c *call) restartTimer(s *side, session dialog.Session) {
	if c.isAnswered(c.caller()) {
		s.Timer.Restart(session)
	}
}

// outgoing is a change as the other side is sent it: as a re-INVITE if it does not take UPDATE.
func (c *call) outgoing(ch *change, description []byte) *gosip.Request {
	to, method := ch.from.other(), ch.req.Method
	if method == gosip.UPDATE && !to.TakesUpdate() {
		method = gosip.INVITE
	}
	out := to.Request(method)
	to.copyRequestHeaders(ch.req, out)
	to.Timer.Session().Ask(out, 0)
	dialog.SetSDP(out, description)
	return out
}

// cancelOf is closed when a re-INVITE is cancelled.
func cancelOf(ch *change) <-chan struct{} {
	if !ch.req.IsInvite() {
		return nil
	}
	cancelled := make(chan struct{})
	var once sync.Once
	ch.tx.OnCancel(func(*gosip.Request) { once.Do(func() { close(cancelled) }) })
	return cancelled
}

// declined relays a refusal of the other side. A side that knows of no such call, or does not respond to a change of it, ends
// the call.
func (c *call) declined(s *side, req *gosip.Request, tx gosip.ServerTransaction, res *gosip.Response) {
	c.ua.deps.Agent.Respond(tx, failure(s, req, res))
	if !c.isAnswered(c.caller()) {
		return // what becomes of the INVITE decides
	}
	silent := res.StatusCode == gosip.StatusRequestTimeout && (req.IsInvite() || req.Method == gosip.UPDATE)
	if silent || res.StatusCode == gosip.StatusCallTransactionDoesNotExists {
		c.hangUp(c.ua.ctx, nil, "the other end is gone")
	}
}
