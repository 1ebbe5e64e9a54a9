package trunk

import (
	"errors"
	"sync/atomic"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
)

// attempt is one try to reach a gateway.
type attempt struct {
	c        *call
	g        gateway
	b        *side
	req      *gosip.Request // the INVITE as it was last sent
	tx       gosip.ClientTransaction
	offered  []byte        // what the gateway is told of media; nil: it has to say first
	proposal *proposal     // the caller's offer
	early    []byte        // what the caller was told of media before the answer
	least    time.Duration // the shortest session that the gateway takes
	heard    bool          // it has answered something
	proven   bool          // a password has been tried
	acked    atomic.Pointer[gosip.Request]
}

// try asks a gateway. Again: another one may do better. All nil: the caller has given up.
func (c *call) try(g gateway, last bool) (at *attempt, res *gosip.Response, r *Refusal, again bool) {
	at, r, again = c.prepare(g)
	if r != nil {
		return nil, nil, r, again
	}
	if err := at.send(at.invite()); err != nil {
		return nil, nil, refuse(503, "unreachable", "the gateway cannot be reached: %v", err), true
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
			c.e.agent.Note(c.connector.ID, res)
			at.heard = true
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
						return nil, nil, refuse(503, "unreachable", "the gateway cannot be reached: %v", err), true
					}
					continue
				}
				return nil, res, nil, res.StatusCode == gosip.StatusServiceUnavailable || res.StatusCode < 400
			}
		case <-at.tx.Done():
			return nil, nil, lost(at.tx.Err()), true
		case <-silent.C:
			at.abandon()
			return nil, nil, refuse(408, "silent", "the gateway does not answer"), true
		case <-ring.C:
			at.abandon()
			return nil, nil, refuse(480, "ringing", "nobody answers"), false
		case <-c.gaveUp:
			at.abandon()
			return nil, nil, nil, false
		case <-c.done:
			at.abandon()
			return nil, nil, refuse(503, "unavailable", "the server is being stopped"), false
		}
	}
}

// lost is what the end of a transaction without an answer means.
func lost(err error) *Refusal {
	if errors.Is(err, gosip.ErrTransactionTimeout) {
		return refuse(408, "silent", "the gateway does not answer")
	}
	return refuse(503, "unreachable", "the gateway cannot be reached: %v", err)
}

// prepare makes the side of the gateway, and what it is offered.
func (c *call) prepare(g gateway) (at *attempt, r *Refusal, again bool) {
	place, ok := c.e.agent.Place(g.network, g.at)
	if !ok {
		return nil, refuse(503, "unreachable", "there is no listener for %s, by which the gateway could call back", g.network), true
	}
	a := c.caller()
	b := &side{
		call: c, which: callee, network: g.network, place: place, peer: g.at, callID: uuid.NewString(), realm: g.host,
		local: a.invited(place), remote: gosip.ToHeader{Address: g.uri(c.number)}, target: g.uri(c.number),
		acks: map[uint32]waiting{},
	}
	b.describes()
	c.face(b)
	at = &attempt{c: c, g: g, b: b}
	raw, r := descriptionOf(c.invite)
	if r != nil {
		return nil, r, false
	}
	if raw != nil {
		if at.proposal, at.offered, r = c.propose(a, raw); r != nil {
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
		p.update(b, c.blank(b, i, &p.specs[caller]))
	}
}

// invited is who calls, as a gateway is told.
func (s *side) invited(place Place) gosip.FromHeader {
	from := gosip.FromHeader{
		DisplayName: s.call.invite.From().DisplayName,
		Address:     gosip.Uri{Scheme: "sip", User: s.call.invite.From().Address.User, Host: place.told().Addr().String()},
	}
	from.Params.Add("tag", newTag())
	return from
}

// progress passes on that it rings, and early media with it.
func (at *attempt) progress(res *gosip.Response) {
	c := at.c
	out := c.caller().response(c.invite, res.StatusCode, res.Reason)
	carry(res, out, asItIs)
	if raw, r := descriptionOf(res); r == nil && raw != nil && at.proposal != nil {
		if text, r := c.answered(at.proposal, raw); r == nil {
			at.early = text
			describe(out, text)
		}
	}
	if !c.isGivenUp() {
		c.e.respond(c.tx, out)
	}
}
