package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// acknowledgement is what the PRACK of a provisional response that the caller was sent means to the gateway.
type acknowledgement struct {
	at    *attempt
	early *dialog.Early // of the gateway; nil: its response was not reliable
	rack  string        // as the gateway counts
	late  *proposal     // the gateway's offer in the response
}

// prack relays the acknowledgement of a reliable provisional response, with the answer or the offer in it (RFC 3262, 5).
func (c *call) prack(from *side, req *gosip.Request, tx gosip.ServerTransaction) {
	back, r := c.acknowledged(from, req)
	if r != nil {
		c.ua.deps.Agent.Refuse(req, tx, r)
		return
	}
	c.ua.deps.Agent.Respond(tx, back)
}

// acknowledged relays a PRACK and returns the response to it.
func (c *call) acknowledged(from *side, req *gosip.Request) (*gosip.Response, *transport.Refusal) {
	if from.which != caller { // who is sent no provisional response
		return nil, dialog.NoProvisional()
	}
	p, r := c.provisionals.Find(req)
	if r != nil {
		return nil, r
	}
	k := p.About.(*acknowledgement)
	raw, r := descriptionOf(req)
	switch {
	case r != nil:
		return nil, r
	case raw == nil && k.late != nil:
		return nil, transport.Refuse(400, "bad_answer", "the PRACK has no answer to the offer")
	case raw != nil && k.early == nil:
		return nil, transport.Refuse(488, "no_media", "the gateway takes no offer before it has answered")
	case !p.Acknowledge():
		return nil, dialog.NoProvisional()
	}
	defer p.Settle()
	if k.early == nil || k.at.failed.Load() {
		return from.Response(req, 200, "OK"), nil
	}
	back, r := k.relay(from, req, raw)
	if k.at.agreed.Load() != nil {
		c.release(c.first)
	}
	return back, r
}

// relay sends the PRACK to the gateway and returns its response as the caller is sent it.
func (k *acknowledgement) relay(from *side, req *gosip.Request, raw []byte) (*gosip.Response, *transport.Refusal) {
	by, r := k.claim(raw)
	if r != nil {
		return nil, r
	}
	defer k.at.call.release(by)
	offered, description, r := k.translate(from, raw)
	if r != nil {
		return nil, r
	}
	out := k.early.Request(gosip.PRACK)
	out.AppendHeader(gosip.NewHeader("RAck", k.rack))
	k.at.side.copyRequestHeaders(req, out)
	dialog.SetSDP(out, description)
	_, res := k.early.Ask(k.at.call.ua.ctx, out, nil)
	switch {
	case k.at.failed.Load(): // it refused the INVITE meanwhile, and another gateway is tried
		return from.Response(req, 200, "OK"), nil
	case !res.IsSuccess():
		return failure(from, req, res), nil
	}
	answer, r := k.complete(offered, description, res)
	if r != nil {
		return nil, r
	}
	back := from.Response(req, res.StatusCode, res.Reason)
	copyHeaders(res, back, unchanged)
	dialog.SetSDP(back, answer)
	return back, nil
}

// claim takes the session for a description in a PRACK, unless the INVITE holds it still.
func (k *acknowledgement) claim(raw []byte) (*claim, *transport.Refusal) {
	c := k.at.call
	if raw == nil {
		return nil, nil
	}
	mine, held, _ := c.tryClaim(caller)
	if mine != nil || held == c.first {
		return mine, nil
	}
	return c.claim(caller)
}

// translate is a description in a PRACK as the gateway is sent it. A proposal with it is an offer.
func (k *acknowledgement) translate(from *side, raw []byte) (offered *proposal, description []byte, r *transport.Refusal) {
	switch c := k.at.call; {
	case k.late != nil:
		if description, r = c.accepted(k.late, raw); r == nil {
			k.at.exchanged(k.early, k.at.proposal, description, nil)
		}
	case raw != nil:
		offered, description, r = c.propose(from, raw)
	}
	return offered, description, r
}

// complete is the gateway's answer to an offer in a PRACK as the caller is sent it; nil without an offer.
func (k *acknowledgement) complete(offered *proposal, offer []byte, res *gosip.Response) (answer []byte, r *transport.Refusal) {
	if offered == nil {
		return nil, nil
	}
	raw, r := descriptionOf(res)
	switch {
	case r != nil:
	case raw == nil:
		r = transport.Refuse(502, "bad_answer", "the gateway has not answered the offer in a PRACK")
	default:
		answer, r = k.at.call.accepted(offered, raw)
	}
	if r == nil {
		k.at.exchanged(k.early, offered, offer, answer)
	}
	return answer, r
}
