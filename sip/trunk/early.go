package trunk

import (
	"strconv"
	"time"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// Before the INVITE is answered, an UPDATE changes the session once a first offer and its answer were exchanged for good (RFC 3311): from
// then on the claim on the session is free, as in an answered call.

// settle notes that a session was agreed on in an early dialog: the first one counts.
func (a *attempt) settle(in *dialog.Early) {
	a.agreed.CompareAndSwap(nil, a.side.early(in))
	a.call.early.Store(a)
}

// exchanged records that an offer and its answer were exchanged in an early dialog.
func (a *attempt) exchanged(in *dialog.Early, p *proposal, toGateway, toCaller []byte) {
	a.settle(in)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.record(p, toGateway, toCaller)
}

// record records what both sides were sent last; nil: nothing. The proposal is the caller's offer, which the 2xx may answer once more. The
// caller holds a.mu.
func (a *attempt) record(p *proposal, toGateway, toCaller []byte) {
	a.proposal, a.offer = p, toGateway
	if toCaller != nil {
		a.earlyMedia = toCaller
	}
}

// changed records a change that was made before the INVITE was answered.
func (a *attempt) changed(p *proposal, offer, answer []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p.from.which == caller {
		a.record(p, offer, answer)
	} else {
		a.record(nil, answer, offer)
	}
}

// tooEarly refuses a change that the other end cannot be asked for yet.
func (c *call) tooEarly(ch *change) *transport.Refusal {
	switch {
	case c.isAnswered(c.caller()):
		return nil
	case ch.req.IsInvite() && ch.from.which == caller: // RFC 3261, 14.2
		return transport.Refuse(500, "order", "the INVITE before is not answered").With("Retry-After", strconv.Itoa(c.retryAfter()))
	case ch.req.IsInvite():
		return transport.Refuse(491, "glare", "the call is not answered yet")
	case ch.description != nil && c.agreedElsewhere(ch.from):
		return transport.Refuse(491, "glare", "the session is agreed on in another early dialog")
	case ch.description != nil && !ch.from.other().TakesUpdate():
		return transport.Refuse(491, "glare", "the other end takes no UPDATE, and the call is not answered yet")
	}
	return nil
}

// agreedElsewhere reports whether a side is an early dialog of a gateway that forks, and the session was agreed on in another one.
func (c *call) agreedElsewhere(s *side) bool {
	a := c.early.Load()
	return a != nil && s.which == callee && a.agreed.Load().Dialog != s.Dialog
}

// reclaim takes the claim for the answer to the INVITE, unless it is held for it still. A change that is under way is waited for a little.
func (c *call) reclaim() *claim {
	wait := time.NewTimer(claimTimeout)
	defer wait.Stop()
	for {
		mine, held, changed := c.tryClaim(caller)
		switch {
		case mine != nil:
			return mine
		case held == c.first:
			return held
		}
		select {
		case <-changed:
		case <-c.done:
			return nil
		case <-wait.C:
			return nil
		}
	}
}
