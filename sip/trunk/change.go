package trunk

import (
	"bytes"
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// asking is a re-INVITE or an UPDATE of a side, that we have to answer.
type asking struct {
	x      *side
	req    *gosip.Request
	tx     gosip.ServerTransaction
	raw    []byte         // what it says of media; nil: nothing, and a re-INVITE then asks for an offer
	wanted dialog.Session // by its sender
	by     *claim         // on the session; nil for what does not change it
}

// change answers a re-INVITE or an UPDATE of a side. One that says nothing new of media only keeps the session alive, and
// is our own affair; another one is passed on, and its answer back.
func (c *call) change(x *side, req *gosip.Request, tx gosip.ServerTransaction) {
	q := &asking{x: x, req: req, tx: tx}
	if r := c.wish(q); r != nil {
		c.e.agent.Refuse(req, tx, r)
		return
	}
	x.mu.Lock()
	same, told := q.raw != nil && bytes.Equal(q.raw, x.got), x.told
	x.mu.Unlock()
	switch {
	case same:
		c.accept(q, told)
	case q.by == nil:
		c.accept(q, nil)
	default:
		c.modify(q)
	}
}

// wish reads what a change asks for, and takes the right to it.
func (c *call) wish(q *asking) (r *transport.Refusal) {
	if q.wanted, r = wished(q.req); r != nil {
		return r
	}
	if q.raw, r = descriptionOf(q.req); r != nil {
		return r
	}
	if q.raw != nil || q.req.IsInvite() {
		if q.by, r = c.claim(q.x); r != nil {
			return r
		}
	}
	if !c.isUp(q.x.other()) {
		c.release(q.by)
		return transport.Refuse(491, "glare", "the call is not answered yet")
	}
	q.x.Retarget(q.req)
	return nil
}

// refuse answers a change that is not made.
func (c *call) refuse(q *asking, r *transport.Refusal) {
	c.release(q.by)
	c.e.agent.Refuse(q.req, q.tx, r)
}

// accept answers a change that has been made, and gives the ACK of a re-INVITE. False: none came.
func (c *call) accept(q *asking, text []byte) (*gosip.Request, bool) {
	defer c.release(q.by)
	out := q.x.Response(q.req, 200, "OK")
	q.wanted.Grant(out, q.req)
	dialog.Describe(out, text)
	if text != nil {
		q.x.tell(text)
	}
	q.x.Timer.Restart(q.wanted)
	if q.req.IsInvite() {
		return c.confirm(q.x, q.req, q.tx, out, q.by)
	}
	c.release(q.by) // before the peer can know
	c.e.agent.Respond(q.tx, out)
	return nil, true
}

// modify passes a change on to the other side, and its answer back. Nothing is changed when that refuses.
func (c *call) modify(q *asking) {
	var p *proposal
	var text []byte
	if q.raw != nil {
		var r *transport.Refusal
		if p, text, r = c.propose(q.x, q.raw); r != nil {
			c.refuse(q, r)
			return
		}
	}
	ch := &changing{c: c, y: q.x.other()}
	res := ch.ask(c.passedOn(q, text), c.stopOf(q))
	if !res.IsSuccess() {
		c.release(q.by)
		c.declined(q.x, q.req, q.tx, res)
		return
	}
	ch.y.Timer.Restart(dialog.Granted(res))
	answer, late, r := ch.read(p, res)
	if r != nil {
		ch.acknowledge(nil)
		c.refuse(q, r)
		return
	}
	if late == nil {
		ch.acknowledge(nil)
		ch.y.tell(text)
		c.accept(q, answer)
		return
	}
	if ack, ok := c.accept(q, answer); ok {
		ch.settle(late, ack)
	} else {
		ch.acknowledge(nil)
	}
}

// passedOn is a change as the other side gets it: as a re-INVITE, if it does not understand UPDATE.
func (c *call) passedOn(q *asking, text []byte) *gosip.Request {
	y, method := q.x.other(), q.req.Method
	if method == gosip.UPDATE && !y.TakesUpdate() {
		method = gosip.INVITE
	}
	out := y.Request(method)
	c.e.carryRequest(q.req, out)
	y.Timer.Session().Ask(out, 0)
	dialog.Describe(out, text)
	return out
}

// stopOf is closed when a re-INVITE is cancelled.
func (c *call) stopOf(q *asking) <-chan struct{} {
	if !q.req.IsInvite() {
		return nil
	}
	stop := make(chan struct{})
	var once sync.Once
	q.tx.OnCancel(func(*gosip.Request) { once.Do(func() { close(stop) }) })
	return stop
}

// declined tells a side that the other one refused what it asked for. One to whom the call is gone, or who does not answer
// to a change of it, ends it.
func (c *call) declined(x *side, req *gosip.Request, tx gosip.ServerTransaction, res *gosip.Response) {
	c.e.agent.Respond(tx, failed(x, req, res))
	silent := res.StatusCode == gosip.StatusRequestTimeout && (req.IsInvite() || req.Method == gosip.UPDATE)
	if silent || res.StatusCode == gosip.StatusCallTransactionDoesNotExists {
		c.hangUp(c.e.ctx, nil, "the other end is gone")
	}
}
