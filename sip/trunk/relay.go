package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

// relay sends a request that does not change the session to the other side, with its body as it is: DTMF in an INFO, a text, a
// transfer. The response is relayed back.
func (c *call) relay(from *side, req *gosip.Request, tx gosip.ServerTransaction) {
	to := from.other()
	if to == nil || !c.isAnswered(to) && c.early.Load() == nil {
		c.ua.deps.Agent.Refuse(req, tx, transport.Refuse(480, "early", "the call is not answered yet"))
		return
	}
	out := to.Request(req.Method)
	to.copyRequestHeaders(req, out)
	copyBody(req, out)
	_, res := to.Ask(c.ua.ctx, out, nil)
	if !res.IsSuccess() {
		c.declined(from, req, tx, res)
		return
	}
	back := from.Response(req, res.StatusCode, res.Reason)
	copyHeaders(res, back, unchanged)
	copyBody(res, back)
	c.ua.deps.Agent.Respond(tx, back)
}

// refer relays a transfer, and the NOTIFY about it, where that is configured.
func (c *call) refer(from *side, req *gosip.Request, tx gosip.ServerTransaction) {
	if !c.ua.cfg.Refer {
		c.ua.deps.Agent.Refuse(req, tx, transport.Refuse(403, "refer", "%s is not relayed", req.Method))
		return
	}
	if !c.isAnswered(c.caller()) {
		c.ua.deps.Agent.Refuse(req, tx, transport.Refuse(480, "early", "the call is not answered yet"))
		return
	}
	if r := c.mayTransfer(from, req); r != nil {
		c.ua.deps.Agent.Refuse(req, tx, r)
		return
	}
	c.relay(from, req, tx)
}
