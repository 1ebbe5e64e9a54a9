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

// Messages of a session that one peer may send: keys, texts, questions whether it is still there. Each costs a line of the SIP log, and
// the peer of a bridged call a message. A machine dials ten keys a second.
const (
	messageRate  = 20 // a second
	messageBurst = 100
)

// pace limits what the peer may ask of a dialog.
type pace struct{ changes, messages *rate.Limiter }

func newPace() pace {
	return pace{rate.NewLimiter(changeRate, changeBurst), rate.NewLimiter(messageRate, messageBurst)}
}

// paced refuses a request above the rate; a BYE is never. Its status concerns the request alone (RFC 3261, 14.2; RFC 5057): the session
// stays as it is, and no other host is asked for it.
func (d *Dialog) paced(req *gosip.Request) *transport.Refusal {
	switch {
	case req.Method == gosip.BYE:
	case isChange(req):
		if !d.pace.changes.Allow() {
			return transport.Refuse(500, "changes", "more than %d changes of the session a second", changeRate).With("Retry-After", "5")
		}
	case !d.pace.messages.Allow():
		return transport.Refuse(500, "messages", "more than %d messages in the session a second", messageRate).With("Retry-After", "5")
	}
	return nil
}
