package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// relayed is a request within the call that is sent to a side.
type relayed struct {
	call *call
	to   *side
	tx   *dialog.Transaction
}

// ask sends the request and returns the final response. An INVITE is cancelled when stop closes.
func (r *relayed) ask(req *gosip.Request, stop <-chan struct{}) (res *gosip.Response) {
	r.tx, res = r.to.Ask(r.call.ua.ctx, req, stop)
	return res
}

// acknowledge sends the ACK for a 2xx to a re-INVITE; once. A repeated 2xx brings it again.
func (r *relayed) acknowledge(description []byte) { _ = r.tx.Acknowledge(description) }

// read is the description that the side is sent that asked for the change. A proposal with it is an offer of the other side,
// which the first one has yet to answer.
func (r *relayed) read(p *proposal, res *gosip.Response) (description []byte, late *proposal, refusal *transport.Refusal) {
	raw, refusal := descriptionOf(res)
	switch {
	case refusal != nil:
	case raw == nil && p == nil && !r.tx.Request.IsInvite():
		return nil, nil, nil
	case raw == nil:
		refusal = transport.Refuse(502, "bad_answer", "the other end answered without a session description")
	case p != nil:
		description, refusal = r.call.accepted(p, raw)
	default:
		late, description, refusal = r.call.propose(r.to, raw)
	}
	return description, late, refusal
}

// answerLate relays the answer in an ACK to the side whose offer it answers.
func (r *relayed) answerLate(late *proposal, ack *gosip.Request) {
	raw, refusal := descriptionOf(ack)
	var description []byte
	if refusal == nil && raw != nil {
		description, refusal = r.call.accepted(late, raw)
	}
	r.acknowledge(description)
	if refusal != nil || raw == nil {
		r.call.hangUp(r.call.ua.ctx, nil, "an offer was not answered")
		return
	}
	r.to.sent(description)
}
