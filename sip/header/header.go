// Package header reads the headers of SIP messages by their names, whichever form those have. In come messages as the SIP
// stack has read them; out go values as text. It does not take values apart.
package header

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// Message is a SIP request or response.
type Message interface{ Headers() []gosip.Header }

var compact = map[string]string{
	"a": "accept-contact", "b": "referred-by", "c": "content-type", "e": "content-encoding", "f": "from", "i": "call-id",
	"k": "supported", "l": "content-length", "m": "contact", "o": "event", "r": "refer-to", "s": "subject", "t": "to",
	"u": "allow-events", "v": "via", "x": "session-expires",
}

// Name is a header's name in lower case, never the compact form.
func Name(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if long, ok := compact[name]; ok {
		return long
	}
	return name
}

// All are all headers of a message: names in lower case, repeated ones joined by ", ".
func All(m Message) map[string]string {
	all := make(map[string]string, len(m.Headers()))
	for _, h := range m.Headers() {
		name, value := Name(h.Name()), strings.ToValidUTF8(h.Value(), "\ufffd")
		if before, ok := all[name]; ok {
			value = before + ", " + value
		}
		all[name] = value
	}
	return all
}

// Values are the values of a header of a message, in their order; name is in lower case, and not compact.
func Values(m Message, name string) []string {
	var all []string
	for _, h := range m.Headers() {
		if Name(h.Name()) == name {
			all = append(all, h.Value())
		}
	}
	return all
}

// Value is the first of them; empty without.
func Value(m Message, name string) string {
	for _, h := range m.Headers() {
		if Name(h.Name()) == name {
			return h.Value()
		}
	}
	return ""
}

// Has says whether a header that is a list of words, such as Supported, has one of them.
func Has(m Message, name, word string) bool {
	for _, v := range Values(m, name) {
		for w := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(w), word) {
				return true
			}
		}
	}
	return false
}
