package trunk

import (
	"log/slog"
	"strconv"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

// Invite bridges a call, or refuses it. It returns when the caller has acknowledged the answer.
func (u *B2BUA) Invite(in Incoming) {
	c, r := u.newCall(in)
	if r != nil {
		u.metrics.failed.WithLabelValues(strconv.Itoa(r.Code)).Inc()
		in.Over()
		u.deps.Agent.Refuse(in.Request, in.Tx, r)
		return
	}
	defer close(c.invited)
	defer func() {
		if p := recover(); p != nil { // the call must end
			c.hangUp(u.ctx, nil, "internal error")
			panic(p)
		}
	}()
	if !in.Tx.OnCancel(func(*gosip.Request) { c.cancel() }) {
		c.cancel()
	}
	// The SIP stack would send the 100 by itself, at a time of its own.
	u.deps.Agent.Respond(c.tx, gosip.NewResponseFromRequest(c.invite, gosip.StatusTrying, "Trying", nil))
	o := c.tryRoutes(sortRoutes(in.Routes, u.env.Random))
	if o.refusal == nil && o.res != nil && o.res.IsSuccess() {
		o = outcome{refusal: c.connect(o.at, o.res)}
	}
	c.respond(o)
}

// respond ends a call that was not bridged, and tells the caller why. It does nothing after a bridged one.
func (c *call) respond(o outcome) {
	c.provisionals.Close()
	switch {
	case c.isCancelled() && !c.isAnswered(c.caller()): // the SIP stack has responded
		c.notBridged(487)
	case o.refusal != nil:
		c.notBridged(o.refusal.Code)
		c.ua.deps.Agent.Refuse(c.invite, c.tx, o.refusal)
	case o.res != nil:
		c.notBridged(o.res.StatusCode)
		c.ua.env.Repeats.CountAt(c.ua.env.Log, slog.LevelInfo, strconv.Itoa(o.res.StatusCode), "trunk call failed", "call", c.id(), "status", o.res.StatusCode)
		c.ua.deps.Agent.Respond(c.tx, failure(c.caller(), c.invite, o.res))
	}
}

func (c *call) notBridged(code int) {
	c.failed(code)
	c.drop()
}

// outcome is what has become of the INVITE to a gateway. The zero value: the caller has cancelled the call.
type outcome struct {
	at      *attempt           // with a 2xx
	res     *gosip.Response    // the gateway's final response
	refusal *transport.Refusal // in its place
	again   bool               // another gateway may do better
}
