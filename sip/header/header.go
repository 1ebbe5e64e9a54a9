// Package header reads the headers of SIP messages: by name, whichever form the name has, and their values, as lists of
// tokens and by their parameters. In come messages as the SIP stack has parsed them; out go texts. It knows no header in
// particular.
package header

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// Message is a SIP request or response.
type Message interface{ Headers() []gosip.Header }

// compact are the compact forms of header names (RFC 3261, 7.3.3, and the registry).
var compact = map[string]string{
	"a": "accept-contact", "b": "referred-by", "c": "content-type", "e": "content-encoding", "f": "from", "i": "call-id",
	"d": "request-disposition", "j": "reject-contact", "k": "supported", "l": "content-length", "m": "contact", "n": "identity-info", "o": "event",
	"r": "refer-to", "s": "subject", "t": "to", "u": "allow-events", "v": "via", "x": "session-expires", "y": "identity",
}

// Name is a header's name in lower case and its long form.
func Name(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if long, ok := compact[name]; ok {
		return long
	}
	return name
}

// IsToken reports whether a text is a token, as the name of every header is (RFC 3261, 25.1).
func IsToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, isNoToken)
}

// isNamed reports whether a header has a name, as Name returns it. It does not allocate.
func isNamed(h gosip.Header, name string) bool {
	own := strings.TrimSpace(h.Name())
	if len(own) == 1 {
		return Name(own) == name
	}
	return strings.EqualFold(own, name)
}

// All are all headers of a message by Name. The values of a repeated header are joined by ", ", in valid UTF-8 and without control
// characters. Of credentials there is the user name alone: what All returns is stored and sent.
func All(m Message) map[string]string {
	all := make(map[string]string, len(m.Headers()))
	for _, h := range m.Headers() {
		name, value := Name(h.Name()), strings.Map(printable, strings.ToValidUTF8(h.Value(), "\ufffd"))
		if isCredential(name) {
			if value = withoutSecret(value); value == "" {
				continue
			}
		}
		if before, ok := all[name]; ok {
			value = before + ", " + value
		}
		all[name] = value
	}
	return all
}

// printable replaces the control characters that a quoted string may have (RFC 3261, 25.1), of which a zero is no text to many databases.
func printable(c rune) rune {
	if c < ' ' && c != '\t' || c == 0x7f {
		return '\ufffd'
	}
	return c
}

// Values are the values of the headers of a name, in their order. The name is as Name returns it, here and below.
func Values(m Message, name string) []string {
	var all []string
	for _, h := range m.Headers() {
		if isNamed(h, name) {
			all = append(all, h.Value())
		}
	}
	return all
}

// Value is the value of the first header of a name; empty without.
func Value(m Message, name string) string {
	for _, h := range m.Headers() {
		if isNamed(h, name) {
			return h.Value()
		}
	}
	return ""
}
