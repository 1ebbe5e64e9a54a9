package phone

import (
	"fmt"

	"github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/header"
)

// refused makes an error of a response that is no success: its status and reason phrase, with the server's warning when it
// gave one. Throttled: it may be asked again after a while.
func refused(op string, res *sip.Response) error {
	msg := fmt.Sprintf("the server answered %d %s", res.StatusCode, res.Reason)
	for _, name := range []string{"warning", "reason"} {
		if v := header.Value(res, name); v != "" {
			msg += " (" + v + ")"
		}
	}
	if header.Value(res, "retry-after") != "" { // RFC 3261, section 20.33
		return timbre.Errorf(timbre.Throttled, op, "%s", msg)
	}
	return timbre.Errorf(kind(res.StatusCode), op, "%s", msg)
}

func kind(status int) timbre.Kind {
	switch {
	case status == 401, status == 407:
		return timbre.Unauthorized
	case status == 403, status == 603:
		return timbre.Forbidden
	case status == 404, status == 481, status == 604:
		return timbre.NotFound
	case status == 410:
		return timbre.Gone
	case status < 500 && status != 408 && status != 480 && status != 486:
		return timbre.Invalid
	}
	return timbre.Unavailable
}
