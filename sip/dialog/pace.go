package dialog

import (
	gosip "github.com/emiago/sipgo/sip"
	"golang.org/x/time/rate"

	"timbre/sip/transport"
)

// Changes of a session that one peer may ask for. A telephone that is put on hold and taken back asks for some at once, and then for
// none in a long time; each costs parsing, a write to the store and an event.
const (
	changeRate  = 2 // a second
	changeBurst = 20
)

// newPace makes the limiter of the changes of a dialog.
func newPace() *rate.Limiter { return rate.NewLimiter(changeRate, changeBurst) }

// paced refuses a re-INVITE or an UPDATE above the rate. Its status concerns the request alone (RFC 3261, 14.2; RFC 5057): the session
// stays as it is, and no other host is asked for it.
func (d *Dialog) paced(req *gosip.Request) *transport.Refusal {
	if !isChange(req) || d.pace.Allow() {
		return nil
	}
	return transport.Refuse(500, "changes", "more than %d changes of the session a second", changeRate).With("Retry-After", "5")
}
