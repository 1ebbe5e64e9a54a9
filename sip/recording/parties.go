package recording

import (
	"slices"
	"strings"

	"timbre/sip/header"
	"timbre/sip/siprec"
)

// updateParties takes what a message within the session says of its parties: its metadata, or the headers that stand for it in a session
// that has none. True: the call is to be updated. Metadata always updates it, headers if they say something new, because each message
// repeats them.
func (d *session) updateParties(req header.Message, body siprec.Body) bool {
	if body.Metadata != "" {
		d.documented = true
		d.metadata = siprec.Parse(body.Metadata).After(d.metadata)
		return true
	}
	named := d.callerHeader(req)
	renamed := named != "" && named != d.named
	said := fromHeaders(req)
	if said == nil || d.documented {
		return renamed
	}
	said.Partial = true // a message may name the party that has changed alone
	now := said.After(d.metadata)
	if d.metadata != nil && now.Group == d.metadata.Group && slices.Equal(now.Participants, d.metadata.Participants) {
		return renamed
	}
	d.metadata = now
	return true
}

// callerHeader is what a message says in the header that the rules name for the caller.
func (d *session) callerHeader(req header.Message) string {
	if named := header.Values(req, header.Name(d.rules.Header)); len(named) > 0 {
		return strings.TrimSpace(named[0])
	}
	return ""
}
