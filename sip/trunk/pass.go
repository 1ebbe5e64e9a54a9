package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

// pass sends a request that changes nothing here on to the other side, with its body as it is: keys in an INFO, a text, a
// transfer. The answer comes back as it is.
func (c *call) pass(x *side, req *gosip.Request, tx gosip.ServerTransaction) {
	y := x.other()
	if y == nil || !c.isUp(y) {
		c.e.agent.Refuse(req, tx, transport.Refuse(480, "early", "the call is not answered yet"))
		return
	}
	out := y.Request(req.Method)
	c.e.carryRequest(req, out)
	carryBody(req, out)
	ch := &changing{c: c, y: y}
	res := ch.ask(out, nil)
	if !res.IsSuccess() {
		c.declined(x, req, tx, res)
		return
	}
	back := x.Response(req, res.StatusCode, res.Reason)
	carry(res, back, asItIs)
	carryBody(res, back)
	c.e.agent.Respond(tx, back)
}
