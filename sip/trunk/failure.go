package trunk

import (
	"fmt"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
	"timbre/sip/transport"
)

// failure is the response to a request of a side that the other side has refused: with the same code and what the other side
// says about it. A redirection, and a demand for credentials of this server, do not concern the requester. The Reason header
// names them (RFC 3326).
func failure(s *side, req *gosip.Request, res *gosip.Response) *gosip.Response {
	code, phrase := res.StatusCode, res.Reason
	switch {
	case code < 400:
		code = 480
	case code == 401, code == 407:
		code = 403
	}
	if code != res.StatusCode {
		phrase = transport.Phrase(code)
	}
	out := s.Response(req, code, phrase)
	out.RemoveHeader("Contact")
	copyHeaders(res, out, unchanged)
	for _, v := range header.Values(res, "unsupported") { // an extension that was required in the requester's name
		if code == gosip.StatusBadExtension {
			out.AppendHeader(gosip.NewHeader("Unsupported", v))
		}
	}
	if code != res.StatusCode && header.Value(res, "reason") == "" {
		out.AppendHeader(gosip.NewHeader("Reason", fmt.Sprintf(`SIP;cause=%d;text=%q`, res.StatusCode, res.Reason)))
	}
	return out
}
