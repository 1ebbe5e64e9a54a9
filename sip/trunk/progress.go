package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/header"
	"timbre/sip/transport"
)

// takesReliable reports whether the caller takes reliable provisional responses (RFC 3262).
func (c *call) takesReliable() bool {
	return header.Has(c.invite, "supported", dialog.Reliable) || c.wantsReliable()
}

// wantsReliable reports whether the caller takes no others.
func (c *call) wantsReliable() bool { return header.Has(c.invite, "require", dialog.Reliable) }

// askReliable asks the gateway for reliable provisional responses as the caller asks for them.
func (c *call) askReliable(req *gosip.Request) {
	if c.takesReliable() {
		req.AppendHeader(gosip.NewHeader("Supported", dialog.Reliable))
	}
	if c.wantsReliable() {
		req.AppendHeader(gosip.NewHeader("Require", dialog.Reliable))
	}
}

// progress relays a provisional response, with early media in it: reliably when the gateway has sent it so, and when the caller takes no
// others.
func (a *attempt) progress(res *gosip.Response) {
	c, k := a.call, &acknowledgement{at: a}
	if c.takesReliable() && header.Has(res, "require", dialog.Reliable) {
		var isNew bool
		if k.early, k.rack, isNew = a.early.Reliable(a.tx, res); !isNew {
			return // it is repeated
		}
	}
	out := c.caller().Response(c.invite, res.StatusCode, res.Reason)
	copyHeaders(res, out, unchanged)
	a.describe(res, out, k)
	switch {
	case c.isCancelled():
	case k.early != nil || c.wantsReliable():
		c.provisionals.Send(out, k)
	default:
		c.ua.deps.Agent.Respond(c.tx, out)
	}
}

// describe relays the description in a provisional response: an answer or, in a reliable one, an offer that the PRACK answers. After a
// reliable answer there is none (RFC 3261, 13.2.1).
func (a *attempt) describe(res, out *gosip.Response, k *acknowledgement) {
	raw, r := descriptionOf(res)
	if r != nil || raw == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var description []byte
	switch {
	case a.settled:
		return
	case a.proposal != nil:
		description, r = a.call.accepted(a.proposal, raw)
		a.settled = r == nil && k.early != nil
	case k.early != nil:
		k.late, description, r = a.call.propose(a.side, raw)
	}
	if r == nil && description != nil {
		a.earlyMedia = description
		dialog.SetSDP(out, description)
	}
}

// awaitPracks waits until the INVITE may be answered with 2xx.
func (c *call) awaitPracks() *transport.Refusal {
	for {
		settled := c.provisionals.Answerable()
		if settled == nil {
			return nil
		}
		select {
		case <-settled:
		case <-c.provisionals.Lost():
			return noPrack()
		case <-c.cancelled:
			return nil // is noticed by the caller of this
		case <-c.done:
			return nil
		}
	}
}

// noPrack is the refusal of an INVITE whose caller does not acknowledge a reliable response.
func noPrack() *transport.Refusal {
	return transport.Refuse(504, "prack", "a reliable response was not acknowledged")
}
