package trunk

import (
	"context"
	"strconv"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
	"timbre/sip/transport"
)

// bye ends a call at the request of a side. A caller that is not answered yet cancels the call so; a gateway that has not answered
// must not end it so (RFC 3261, 15), and its answer to the INVITE decides.
func (c *call) bye(from *side, req *gosip.Request, tx gosip.ServerTransaction) {
	c.ua.deps.Agent.Respond(tx, from.Response(req, 200, "OK"))
	switch {
	case c.isAnswered(from):
		if from.which == caller && len(c.offer) == 0 {
			c.awaitAnswer()
		}
		c.hangUpFor(c.ua.ctx, from, "", req)
	case from.which == caller:
		c.cancel()
		c.ua.deps.Agent.Respond(c.tx, from.Response(c.invite, 487, transport.Phrase(487)))
	}
}

// awaitAnswer waits until the caller's answer has gone to the gateway: it came in an ACK, which a BYE right behind it may overtake.
func (c *call) awaitAnswer() {
	wait := time.NewTimer(gosip.T1)
	defer wait.Stop()
	select {
	case <-c.invited:
	case <-c.done:
	case <-wait.C:
	}
}

// hangUp ends a call and sends a BYE to both ends, except to the one that has ended it. Failure says why, unless a party hung
// up.
func (c *call) hangUp(ctx context.Context, except *side, failure string) {
	c.hangUpFor(ctx, except, failure, nil)
}

// hangUpFor is hangUp on a request, whose Reason headers are relayed.
func (c *call) hangUpFor(ctx context.Context, except *side, failure string, cause *gosip.Request) {
	var byes sync.WaitGroup
	c.finish(failure, func() {
		for i := range c.sides {
			if s := c.sides[i].Load(); s != nil && s != except && c.isAnswered(s) {
				byes.Go(func() { c.sendBye(ctx, s, cause) })
			}
		}
	})
	byes.Wait()
}

// drop ends a call that the caller has not been answered. A gateway that has answered is sent a BYE in the background.
func (c *call) drop() {
	c.finish("", func() {
		if s := c.sides[callee].Load(); c.isAnswered(s) {
			c.ua.deps.Agent.Do(func() { c.sendBye(c.ua.ctx, s, nil) })
		}
	})
}

// end ends a call without a BYE.
func (c *call) end(failure string) { c.finish(failure, func() {}) }

// finish ends a call, once. Notify sends the BYEs.
func (c *call) finish(failure string, notify func()) {
	if !c.ua.live.remove(c) {
		return
	}
	c.mu.Lock()
	c.analysis.failure = failure
	c.mu.Unlock()
	close(c.done)
	c.toll.Over()
	for i := range c.sides {
		if s := c.sides[i].Load(); s != nil {
			s.End()
		}
	}
	notify()
	c.closeMedia()
	c.conclude()
	c.over()
}

// sendBye sends a BYE and waits for the response.
func (c *call) sendBye(ctx context.Context, to *side, cause *gosip.Request) {
	req := to.Request(gosip.BYE)
	if cause != nil {
		for _, v := range header.Values(cause, "reason") {
			req.AppendHeader(gosip.NewHeader("Reason", v))
		}
	}
	if _, res := to.Ask(c.ua.ctx, req, nil); !res.IsSuccess() && res.StatusCode != gosip.StatusCallTransactionDoesNotExists && ctx.Err() == nil {
		c.ua.env.Repeats.Count(c.ua.env.Log, strconv.Itoa(res.StatusCode), "BYE not accepted", "call", to.CallID(), "status", res.StatusCode)
	}
}
