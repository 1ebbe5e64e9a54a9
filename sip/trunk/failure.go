package trunk

import (
	"fmt"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
	"timbre/sip/transport"
)

// failure is what the caller gets for a failure of the gateway: the same code, with what the gateway says of it. Three kinds
// are not the caller's affair: where the gateway would rather be called at, and that it does not know us. The Reason header
// tells then what it was (RFC 3326).
func (c *call) failure(res *gosip.Response) *gosip.Response {
	return failed(c.caller(), c.invite, res)
}

// failed is what a side gets for a failure of the other one to a request that was passed on.
func failed(s *side, req *gosip.Request, res *gosip.Response) *gosip.Response {
	code, text := res.StatusCode, res.Reason
	switch {
	case code < 400:
		code = 480
	case code == 401, code == 407:
		code = 403
	}
	if code != res.StatusCode {
		text = transport.Phrase(code)
	}
	out := s.Response(req, code, text)
	out.RemoveHeader("Contact")
	carry(res, out, asItIs)
	if code != res.StatusCode && header.Value(res, "reason") == "" {
		out.AppendHeader(gosip.NewHeader("Reason", fmt.Sprintf(`SIP;cause=%d;text=%q`, res.StatusCode, res.Reason)))
	}
	return out
}
