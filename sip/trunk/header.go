package trunk

import (
	"slices"
	"strings"
	"unicode"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/header"
)

// dialogHeaders belong to one dialog, one hop or one of the two stacks, and are never copied. All others say something about
// the call or its parties.
var dialogHeaders = []string{
	"via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "route", "record-route", "path", "service-route",
	"content-length", "content-type", "content-encoding", "content-disposition", "content-language", "mime-version",
	"authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate", "authentication-info", "proxy-require",
	"require", "supported", "unsupported", "allow", "accept", "accept-encoding", "session-expires", "min-se", "rseq", "rack",
	"join", "target-dialog", "timestamp", "date", "expires", "user-agent", "server", "organization", "identity",
	"p-charging-vector", "p-charging-function-addresses", "security-client", "security-server", "security-verify", "flow-timer",
	"x-timbre-passed", "x-timbre-transaction-id", "x-voiceconnector-id",
}

// maxCopied is how many headers of a message are copied.
const maxCopied = 64

// copyHeaders copies the headers of a message that concern the other end, among them Retry-After, Reason and Warning. Rewrite
// returns the value that the other end is sent; nothing: the header is left out. So is one that the other end may take for another than it
// was taken for here: its name is no token, or its value has control characters.
func copyHeaders(from header.Message, to gosip.Message, rewrite func(name, value string) string) {
	n := 0
	for _, h := range from.Headers() {
		name := header.Name(h.Name())
		if slices.Contains(dialogHeaders, name) || !header.IsToken(name) || strings.ContainsFunc(h.Value(), isControl) {
			continue
		}
		if n++; n > maxCopied {
			return
		}
		value := rewrite(name, h.Value())
		if value == "" && h.Value() != "" {
			continue
		}
		to.AppendHeader(gosip.NewHeader(h.Name(), value))
	}
}

func isControl(r rune) bool { return r != '\t' && unicode.IsControl(r) }

// unchanged is the rewrite of most headers.
func unchanged(_, value string) string { return value }

// copyRequestHeaders is copyHeaders for a request to a side, which may name dialogs and say who calls.
func (s *side) copyRequestHeaders(from header.Message, to gosip.Message) {
	private := s.which == callee && wantsPrivacy(from)
	copyHeaders(from, to, func(name, value string) string {
		if s.which == callee && !s.mayLearn(name, private) {
			return ""
		}
		return s.call.ua.live.rename(name, value)
	})
}

// copyBody copies a body with the headers that describe it.
func copyBody(from dialog.Message, to gosip.Message) {
	for _, name := range []string{"content-type", "content-encoding", "content-disposition", "content-language"} {
		if v := header.Value(from, name); v != "" && !strings.ContainsAny(v, "\r\n") {
			to.AppendHeader(gosip.NewHeader(name, v))
		}
	}
	to.SetBody(from.Body())
}
