package trunk

import (
	"context"
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
	"timbre/sip/transport"
)

// bye ends a call at the wish of a side. A caller who does not wait for the answer has given up.
func (c *call) bye(x *side, req *gosip.Request, tx gosip.ServerTransaction) {
	c.e.agent.Respond(tx, x.Response(req, 200, "OK"))
	if x.which == caller && !c.isUp(x) {
		c.giveUp()
		c.e.agent.Respond(c.tx, x.Response(c.invite, 487, transport.Phrase(487)))
		return
	}
	c.hangUpFor(c.e.ctx, x, "", req)
}

// hangUp ends a call and tells both ends, but not the one that knows; failure says why when it was no hang-up.
func (c *call) hangUp(ctx context.Context, knows *side, failure string) {
	c.hangUpFor(ctx, knows, failure, nil)
}

// hangUpFor is hangUp for a request that brought it about, whose reasons the other end is told.
func (c *call) hangUpFor(ctx context.Context, knows *side, failure string, cause *gosip.Request) {
	var told sync.WaitGroup
	c.finish(failure, func() {
		for i := range c.sides {
			if s := c.sides[i].Load(); s != nil && s != knows && c.isUp(s) {
				told.Go(func() { c.e.bye(ctx, s, cause) })
			}
		}
	})
	told.Wait()
}

// drop ends a call that the caller has not been told is up. A gateway that has answered gets its BYE meanwhile.
func (c *call) drop() {
	c.finish("", func() {
		if b := c.sides[callee].Load(); c.isUp(b) {
			c.e.agent.Do(func() { c.e.bye(c.e.ctx, b, nil) })
		}
	})
}

// end ends a call without telling anybody.
func (c *call) end(failure string) { c.finish(failure, func() {}) }

// finish ends a call, once.
func (c *call) finish(failure string, tell func()) {
	if !c.e.sides.remove(c) {
		return
	}
	c.mu.Lock()
	c.cause = failure
	c.mu.Unlock()
	close(c.done)
	for i := range c.sides {
		if s := c.sides[i].Load(); s != nil {
			s.End()
		}
	}
	tell()
	c.closeMedia()
	c.conclude()
	c.over()
}

// bye sends a BYE and waits for its answer.
func (e *Exchange) bye(ctx context.Context, s *side, cause *gosip.Request) {
	req := s.Request(gosip.BYE)
	if cause != nil {
		for _, v := range header.Values(cause, "reason") {
			req.AppendHeader(gosip.NewHeader("Reason", v))
		}
	}
	if _, res := s.Ask(e.ctx, req, nil); !res.IsSuccess() && res.StatusCode != gosip.StatusCallTransactionDoesNotExists && ctx.Err() == nil {
		e.log.Warn("a BYE was not answered", "call", s.CallID(), "status", res.StatusCode)
	}
}
