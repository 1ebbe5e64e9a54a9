package phone

import (
	"errors"
	"fmt"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"timbre"
)

// refusal makes an error of what the SIP stack says: an answer's status by its number and phrase, with the server's
// warning when it gave one.
func refusal(op string, err error) error {
	if err == nil {
		return nil
	}
	res := answered(err)
	if res == nil {
		return timbre.Errorf(timbre.Unavailable, op, "no answer: %w", err)
	}
	msg := fmt.Sprintf("the server answered %d %s", res.StatusCode, res.Reason)
	for _, name := range []string{"Warning", "Reason"} {
		if h := res.GetHeader(name); h != nil {
			msg += " (" + h.Value() + ")"
		}
	}
	return timbre.Errorf(kind(res.StatusCode), op, "%s", msg)
}

// answered is the answer in an error of the stack, which gives it now as a value and now as a pointer.
func answered(err error) *sip.Response {
	var v sipgo.ErrDialogResponse
	var p *sipgo.ErrDialogResponse
	switch {
	case errors.As(err, &v):
		return v.Res
	case errors.As(err, &p):
		return p.Res
	}
	return nil
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
