package trunk

import (
	"errors"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// attempt is one try to reach a gateway.
type attempt struct {
	c        *call
	g        gateway
	b        *side
	tx       *dialog.Transaction // the INVITE as it was last sent
	offered  []byte              // what the gateway is told of media; nil: it has to say first
	proposal *proposal           // the caller's offer
	early    []byte              // what the caller was told of media before the answer
	least    time.Duration       // the shortest session that the gateway takes
	proven   bool                // a password has been tried
}

// try asks a gateway. Again: another one may do better. All nil: the caller has given up.
func (c *call) try(g gateway, last bool) (at *attempt, res *gosip.Response, r *transport.Refusal, again bool) {
	at, r, again = c.prepare(g)
	if r != nil {
		return nil, nil, r, again
	}
	if err := at.send(at.invite()); err != nil {
		return nil, nil, transport.Refuse(503, "unreachable", "the gateway cannot be reached: %v", err), true
	}
	silent, ring := time.NewTimer(reply), time.NewTimer(ringing)
	defer silent.Stop()
	defer ring.Stop()
	if last {
		silent.Stop() // it has all the time that SIP gives
	}
	for {
		select {
		case res := <-at.tx.Responses():
			at.tx.Received(res)
			silent.Stop()
			switch {
			case res.StatusCode == gosip.StatusTrying:
			case res.IsProvisional():
				ring.Reset(ringing)
				at.progress(res)
			case res.IsSuccess():
				return at, res, nil, false
			default:
				if retry := at.retry(res); retry != nil {
					if err := at.send(retry); err != nil {
						return nil, nil, transport.Refuse(503, "unreachable", "the gateway cannot be reached: %v", err), true
					}
					continue
				}
				return nil, res, nil, res.StatusCode == gosip.StatusServiceUnavailable || res.StatusCode < 400
			}
		case <-at.tx.Done():
			return nil, nil, lost(at.tx.Err()), true
		case <-silent.C:
			at.abandon()
			return nil, nil, transport.Refuse(408, "silent", "the gateway does not answer"), true
		case <-ring.C:
			at.abandon()
			return nil, nil, transport.Refuse(480, "ringing", "nobody answers"), false
		case <-c.gaveUp:
			at.abandon()
			return nil, nil, nil, false
		case <-c.done:
			at.abandon()
			return nil, nil, transport.Refuse(503, "unavailable", "the server is being stopped"), false
		}
	}
}

// lost is what the end of a transaction without an answer means.
func lost(err error) *transport.Refusal {
	if errors.Is(err, gosip.ErrTransactionTimeout) {
		return transport.Refuse(408, "silent", "the gateway does not answer")
	}
	return transport.Refuse(503, "unreachable", "the gateway cannot be reached: %v", err)
}

// prepare makes the side of the gateway, and what it is offered.
func (c *call) prepare(g gateway) (at *attempt, r *transport.Refusal, again bool) {
	place, ok := c.e.agent.Endpoint(g.network, g.at)
	if !ok {
		return nil, transport.Refuse(503, "unreachable", "there is no listener for %s, by which the gateway could call back", g.network), true
	}
	b := calleeSide(c, g, place)
	c.face(b)
	at = &attempt{c: c, g: g, b: b}
	if c.described != nil {
		if at.proposal, at.offered, r = c.propose(c.caller(), c.described); r != nil {
			return nil, r, false
		}
	}
	return at, nil, false
}

// face makes a side the one of the gateway, whose predecessor was not reached.
func (c *call) face(b *side) {
	c.media.Lock()
	defer c.media.Unlock()
	c.sides[callee].Store(b)
	for i, p := range c.pairs {
		p[callee].Update(c.blank(b, i, &p[caller].Spec))
	}
}

// fromAt is who calls, as a gateway is told from a place.
func (c *call) fromAt(place transport.Endpoint) gosip.FromHeader {
	from := c.invite.From()
	return gosip.FromHeader{
		DisplayName: from.DisplayName,
		Address:     gosip.Uri{Scheme: "sip", User: from.Address.User, Host: place.Advertised.Addr().String()},
	}
}

// progress passes on that it rings, and early media with it.
func (at *attempt) progress(res *gosip.Response) {
	c := at.c
	out := c.caller().Response(c.invite, res.StatusCode, res.Reason)
	carry(res, out, asItIs)
	if raw, r := descriptionOf(res); r == nil && raw != nil && at.proposal != nil {
		if text, r := c.answered(at.proposal, raw); r == nil {
			at.early = text
			dialog.Describe(out, text)
		}
	}
	if !c.isGivenUp() {
		c.e.agent.Respond(c.tx, out)
	}
}
