package trunk

import (
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// hop are the headers that belong to one dialog, one hop or one of the two ends' stacks, and are never carried over. What is
// not among them says something of the call or its parties, and is.
var hop = []string{
	"via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "route", "record-route", "path", "service-route",
	"content-length", "content-type", "content-encoding", "content-disposition", "content-language", "mime-version",
	"authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate", "authentication-info", "proxy-require",
	"require", "supported", "unsupported", "allow", "accept", "accept-encoding", "session-expires", "min-se", "rseq", "rack",
	"join", "target-dialog", "timestamp", "date", "expires", "user-agent", "server", "organization", "identity",
	"p-charging-vector", "p-charging-function-addresses", "security-client", "security-server", "security-verify", "flow-timer",
	"x-timbre-passed", "x-timbre-transaction-id", "x-voiceconnector-id",
}

// asItIs is how most headers are carried.
func asItIs(_, value string) string { return value }

// maxCarried is how many headers are carried over.
const maxCarried = 64

// carry copies the headers of a message that are meant for the other end, as it is to have them. Retry-After, Reason and
// Warning are among them.
func carry(from header.Message, to gosip.Message, as func(name, value string) string) {
	n := 0
	for _, h := range from.Headers() {
		name := header.Name(h.Name())
		if slices.Contains(hop, name) || strings.ContainsAny(h.Value(), "\r\n") {
			continue
		}
		if n++; n > maxCarried {
			return
		}
		to.AppendHeader(gosip.NewHeader(h.Name(), as(name, h.Value())))
	}
}

// carryBody copies a body as it is, with what says of what kind it is.
func carryBody(from interface {
	header.Message
	Body() []byte
}, to gosip.Message,
) {
	for _, name := range []string{"content-type", "content-encoding", "content-disposition", "content-language"} {
		if v := header.Value(from, name); v != "" {
			to.AppendHeader(gosip.NewHeader(name, v))
		}
	}
	to.SetBody(from.Body())
}
