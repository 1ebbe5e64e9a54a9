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

// Provisional responses that the caller of one call is sent; a gateway may send any number.
const (
	progressRate  = 10 // a second
	progressBurst = 20
)

// progress relays a provisional response, with early media in it: reliably when the gateway has sent it so, and when the caller takes no
// others. Those above the rate are dropped, as networks drop some.
func (a *attempt) progress(res *gosip.Response) {
	if !a.call.progressing.Allow() {
		return
	}
	c, k, early := a.call, &acknowledgement{at: a}, a.within(res)
	if c.takesReliable() && header.Has(res, "require", dialog.Reliable) {
		var isNew bool
		if early != nil {
			k.rack, isNew = early.Reliable(res)
		}
		if !isNew {
			return // it is repeated
		}
		k.early = early
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

// within is the early dialog of a provisional response, in which the gateway may send requests from now on; nil: there is none.
func (a *attempt) within(res *gosip.Response) *dialog.Early {
	early, isNew := a.dialogs.Of(a.tx, res)
	if isNew {
		a.call.ua.live.put(a.side.early(early))
	}
	return early
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
	case a.agreed.Load() != nil:
		return
	case a.proposal != nil:
		if description, r = a.call.accepted(a.proposal, raw); r == nil && k.early != nil {
			a.settle(k.early)
		}
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
