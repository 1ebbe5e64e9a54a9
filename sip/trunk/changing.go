package trunk

import (
	"sync/atomic"

	gosip "github.com/emiago/sipgo/sip"
)

// changing is a change of the session as a side is asked for it: by a re-INVITE or an UPDATE of ours.
type changing struct {
	c     *call
	y     *side
	req   *gosip.Request
	acked atomic.Pointer[gosip.Request]
}

// ask sends the request and gives the final answer; it is cancelled when stop closes.
func (ch *changing) ask(req *gosip.Request, stop <-chan struct{}) *gosip.Response {
	c := ch.c
	ch.req = req
	c.e.agent.Note(c.connector.ID, req)
	res, tx := c.e.final(c.e.ctx, c.connector.ID, req, stop)
	if res.StatusCode == gosip.StatusUnauthorized || res.StatusCode == gosip.StatusProxyAuthRequired {
		if again := ch.y.proven(req, res); again != nil {
			ch.req = again
			c.e.agent.Note(c.connector.ID, again)
			res, tx = c.e.final(c.e.ctx, c.connector.ID, again, stop)
		}
	}
	if res.IsSuccess() {
		ch.y.mu.Lock()
		ch.y.retarget(res.Contact())
		ch.y.learn(res)
		ch.y.mu.Unlock()
		if tx != nil && ch.req.IsInvite() {
			tx.OnRetransmission(func(*gosip.Response) {
				if ack := ch.acked.Load(); ack != nil {
					_ = c.e.agent.Write(ack.Clone())
				}
			})
		}
	}
	return res
}

// acknowledge sends the ACK for a 2xx to a re-INVITE; once.
func (ch *changing) acknowledge(text []byte) {
	if !ch.req.IsInvite() {
		return
	}
	ack := ch.y.ack(ch.req.CSeq().SeqNo, text)
	if ch.acked.CompareAndSwap(nil, ack) {
		ch.c.e.agent.Note(ch.c.connector.ID, ack)
		_ = ch.c.e.agent.Write(ack.Clone()) // the answer will come again
	}
}

// read is what the side that asked for the change is told of media. A proposal with it is the other side's own.
func (ch *changing) read(p *proposal, res *gosip.Response) (text []byte, late *proposal, r *Refusal) {
	raw, r := descriptionOf(res)
	switch {
	case r != nil:
	case raw == nil && p == nil && !ch.req.IsInvite():
		return nil, nil, nil
	case raw == nil:
		r = refuse(502, "bad_answer", "the other end answered without a description")
	case p != nil:
		text, r = ch.c.answered(p, raw)
	default:
		late, text, r = ch.c.propose(ch.y, raw)
	}
	return text, late, r
}

// settle brings the answer in an ACK to the side whose offer it answers.
func (ch *changing) settle(late *proposal, ack *gosip.Request) {
	raw, r := descriptionOf(ack)
	var text []byte
	if r == nil && raw != nil {
		text, r = ch.c.answered(late, raw)
	}
	ch.acknowledge(text)
	if r != nil || raw == nil {
		ch.c.hangUp(ch.c.e.ctx, nil, "an offer was not answered")
		return
	}
	ch.y.tell(text)
}
