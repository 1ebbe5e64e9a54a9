package trunk

import (
	"net/url"
	"regexp"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// A dialog that is named in a message (RFC 3891) is one that its sender knows. When it is one of ours, the other end knows
// it by the dialog that it is put through to; any other name is passed on as it is.

// rename is a value of Replaces as the other end of the dialog in it knows it.
func (t *table) rename(value string) string {
	parts := strings.Split(value, ";")
	var ours, theirs string
	rest := ""
	for _, p := range parts[1:] {
		key, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		switch strings.ToLower(key) {
		case "to-tag":
			ours = v
		case "from-tag":
			theirs = v
		default:
			rest += ";" + p
		}
	}
	s, found := t.dialogs.Named(strings.TrimSpace(parts[0]), ours, theirs)
	if !found || s.other() == nil {
		return value
	}
	y := s.other()
	local, remote := y.Tags()
	return y.CallID() + ";to-tag=" + remote + ";from-tag=" + local + rest
}

var replaces = regexp.MustCompile(`(?i)([?&]replaces=)([^&>\s]+)`)

// renamed renames the dialogs in a header that may name one: in Replaces itself, and in the URI that a transfer goes to.
func (t *table) renamed(name, value string) string {
	switch name {
	case "replaces":
		return t.rename(value)
	case "refer-to":
		return replaces.ReplaceAllStringFunc(value, func(found string) string {
			m := replaces.FindStringSubmatch(found)
			dialog, err := url.PathUnescape(m[2])
			if err != nil {
				return found
			}
			if other := t.rename(dialog); other != dialog {
				return m[1] + url.QueryEscape(other)
			}
			return found
		})
	}
	return value
}

// carryRequest is carry for a request.
func (e *Exchange) carryRequest(from header.Message, to gosip.Message) {
	carry(from, to, e.sides.renamed)
}
