package trunk

import (
	"fmt"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// phrases are those of the answers that we give ourselves.
var phrases = map[int]string{
	403: "Forbidden", 408: "Request Timeout", 480: "Temporarily Unavailable", 487: "Request Terminated",
	502: "Bad Gateway", 503: "Service Unavailable",
}

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
		text = phrase(code)
	}
	out := s.response(req, code, text)
	out.RemoveHeader("Contact")
	carry(res, out, asItIs)
	if code != res.StatusCode && header.Value(res, "reason") == "" {
		out.AppendHeader(gosip.NewHeader("Reason", fmt.Sprintf(`SIP;cause=%d;text=%q`, res.StatusCode, res.Reason)))
	}
	return out
}
