package dialog

import (
	"context"

	gosip "github.com/emiago/sipgo/sip"
)

// RefreshMethod is the method that refreshes the session of a peer (RFC 4028, 7.4): UPDATE or, for one that does not take it, INVITE, which
// changes the session like any other.
func (d *Dialog) RefreshMethod() gosip.RequestMethod {
	if d.TakesUpdate() {
		return gosip.UPDATE
	}
	return gosip.INVITE
}

// Refresh refreshes the session, and restarts its timer by the response. An INVITE repeats the last description. Gone: the peer does not
// respond, or knows of no such call.
func (d *Dialog) Refresh(ctx context.Context, method gosip.RequestMethod, session Session, description []byte) (res *gosip.Response, gone bool) {
	req := d.Request(method)
	session.Ask(req, 0)
	if method == gosip.INVITE {
		SetSDP(req, description)
	}
	t, res := d.Ask(ctx, req, nil)
	switch {
	case res.IsSuccess():
		_ = t.Acknowledge(nil) // a repeated 2xx brings it again
		d.Timer.Restart(Granted(res))
	case ctx.Err() != nil || d.IsOver():
	case res.StatusCode == gosip.StatusRequestTimeout || res.StatusCode == gosip.StatusCallTransactionDoesNotExists:
		gone = true
	case res.StatusCode == gosip.StatusRequestPending:
		d.Timer.Retry(session)
	default:
		d.Timer.Restart(session) // it responds, though it does not know session timers
	}
	return res, gone
}
