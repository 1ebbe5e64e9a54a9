package trunk

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

const (
	// responseTimeout is how long a gateway has for its first response when there is another one to try.
	responseTimeout = 5 * time.Second
	// ringTimeout is how long a call may ring after the last provisional response.
	ringTimeout = 3 * time.Minute
)

// attempt is the INVITE to one gateway.
type attempt struct {
	call       *call
	gateway    gateway
	side       *side
	tx         *dialog.Transaction // of the INVITE as it was sent last
	dialogs    dialog.EarlyDialogs
	minSE      time.Duration // the shortest session that the gateway accepts
	authorized bool          // credentials have been tried
	failed     atomic.Bool   // the gateway has refused the INVITE
	// agreed is the side in whose early dialog a session was agreed on for good, in a reliable response or its PRACK, so that no other
	// gateway could change it; nil: in none.
	agreed atomic.Pointer[side]

	mu         sync.Mutex
	offer      []byte    // that the gateway was sent last; nil: it has to make one
	proposal   *proposal // the caller's offer
	earlyMedia []byte    // what the caller was sent before the 2xx
}

// try sends the INVITE to a gateway and waits for the outcome.
func (c *call) try(g gateway, last bool) outcome {
	a, o := c.prepare(g)
	if a == nil {
		return o
	}
	if err := a.send(a.invite()); err != nil {
		return unreachable(err)
	}
	return a.await(last)
}

// prepare makes the side of the gateway, and its offer.
func (c *call) prepare(g gateway) (*attempt, outcome) {
	at, ok := c.ua.deps.Agent.Endpoint(g.network, g.at)
	if !ok {
		return nil, outcome{refusal: transport.Refuse(503, "unreachable", "no listener for %s, by which the gateway could send requests", g.network), again: true}
	}
	a := &attempt{call: c, gateway: g, side: calleeSide(c, g, at)}
	c.setCallee(a.side)
	if c.offer != nil {
		var r *transport.Refusal
		if a.proposal, a.offer, r = c.propose(c.caller(), c.offer); r != nil {
			return nil, outcome{refusal: r}
		}
	}
	return a, outcome{}
}

// setCallee replaces the side of a gateway that was not reached.
func (c *call) setCallee(s *side) {
	c.media.Lock()
	defer c.media.Unlock()
	c.sides[callee].Store(s)
	for i, p := range c.pairs {
		p[callee].Update(c.unknownMedia(s, i, &p[caller].Spec))
	}
}

// await waits for the outcome of the INVITE. The last gateway has all the time that SIP gives it.
func (a *attempt) await(last bool) outcome {
	silent, ring := time.NewTimer(responseTimeout), time.NewTimer(ringTimeout)
	defer silent.Stop()
	defer ring.Stop()
	if last {
		silent.Stop()
	}
	for {
		select {
		case res := <-a.tx.Responses():
			silent.Stop()
			if res.IsProvisional() && res.StatusCode != gosip.StatusTrying {
				ring.Reset(ringTimeout)
			}
			if o, final := a.received(res); final {
				return o
			}
		case <-a.tx.Done():
			return lost(a.tx.Err())
		case <-silent.C:
			a.abandon()
			return outcome{refusal: transport.Refuse(408, "silent", "the gateway does not respond"), again: true}
		case <-ring.C:
			a.abandon()
			return outcome{refusal: transport.Refuse(480, "ringing", "no answer")}
		case <-a.call.provisionals.Lost():
			a.abandon()
			return outcome{refusal: noPrack()}
		case <-a.call.cancelled:
			a.abandon()
			return outcome{}
		case <-a.call.done:
			a.abandon()
			return outcome{refusal: transport.Refuse(503, "unavailable", "the server is stopping")}
		}
	}
}

// received takes a response to the INVITE. False: it is not the final one, or the INVITE has been sent again.
func (a *attempt) received(res *gosip.Response) (o outcome, final bool) {
	a.tx.Received(res)
	switch {
	case res.StatusCode == gosip.StatusTrying:
		return o, false
	case res.IsProvisional():
		a.progress(res)
		return o, false
	case res.IsSuccess():
		return outcome{at: a, res: res}, true
	}
	if retry := a.retry(res); retry != nil {
		if err := a.send(retry); err != nil {
			return unreachable(err), true
		}
		return o, false
	}
	a.failed.Store(true)
	a.dialogs.End()
	return outcome{res: res, again: (res.StatusCode == gosip.StatusServiceUnavailable || res.StatusCode < 400) && a.agreed.Load() == nil}, true
}

// lost is the outcome of a transaction that ended without a final response.
func lost(err error) outcome {
	if errors.Is(err, gosip.ErrTransactionTimeout) {
		return outcome{refusal: transport.Refuse(408, "silent", "the gateway does not respond"), again: true}
	}
	return unreachable(err)
}

func unreachable(err error) outcome {
	return outcome{refusal: transport.Refuse(503, "unreachable", "the gateway cannot be reached: %v", err), again: true}
}

// abandon ends an INVITE whose outcome is not awaited any more, in the background.
func (a *attempt) abandon() {
	a.dialogs.End()
	a.call.ua.deps.Agent.Do(func() {
		ctx, cancel := context.WithTimeout(a.call.ua.ctx, 64*gosip.T1)
		defer cancel()
		a.tx.Abandon(ctx)
	})
}
