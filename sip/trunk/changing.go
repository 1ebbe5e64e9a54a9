package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// changing is a change of the session as a side is asked for it: by a re-INVITE or an UPDATE of ours.
type changing struct {
	c  *call
	y  *side
	tx *dialog.Transaction
}

// ask sends the request and gives the final answer; it is cancelled when stop closes.
func (ch *changing) ask(req *gosip.Request, stop <-chan struct{}) (res *gosip.Response) {
	ch.tx, res = ch.y.Ask(ch.c.e.ctx, req, stop)
	return res
}

// acknowledge sends the ACK for a 2xx to a re-INVITE; once. A lost one is sent again when the answer comes again.
func (ch *changing) acknowledge(text []byte) { _ = ch.tx.Acknowledge(text) }

// read is what the side that asked for the change is told of media. A proposal with it is the other side's own.
func (ch *changing) read(p *proposal, res *gosip.Response) (text []byte, late *proposal, r *transport.Refusal) {
	raw, r := descriptionOf(res)
	switch {
	case r != nil:
	case raw == nil && p == nil && !ch.tx.Request.IsInvite():
		return nil, nil, nil
	case raw == nil:
		r = transport.Refuse(502, "bad_answer", "the other end answered without a description")
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
