package trunk

import (
	"net/url"
	"regexp"
	"strings"
)

// A message may name a dialog that its sender knows (RFC 3891). The other end of a bridged call knows the call by its own
// dialog, so such names are translated. Other names are relayed as they are.

// rename returns the value of a header that may name dialogs, as the other end has to get it: of Replaces itself, and of the
// URI that a transfer goes to.
func (r *registry) rename(name, value string) string {
	switch name {
	case "replaces":
		return r.translate(value)
	case "refer-to":
		return replacesParameter.ReplaceAllStringFunc(value, r.translateEscaped)
	}
	return value
}

var replacesParameter = regexp.MustCompile(`(?i)([?&]replaces=)([^&>\s]+)`)

// translateEscaped is translate for a parameter of a URI, with its name.
func (r *registry) translateEscaped(found string) string {
	m := replacesParameter.FindStringSubmatch(found)
	value, err := url.PathUnescape(m[2])
	if err != nil {
		return found
	}
	if other := r.translate(value); other != value {
		return m[1] + escape(other)
	}
	return found
}

// escape writes a value into a URI, where a plus sign is one (RFC 3261, 19.1.2), not a space as in a form.
func escape(value string) string { return strings.ReplaceAll(url.QueryEscape(value), "+", "%20") }

// translate returns a value of Replaces as the other end of the dialog in it knows it.
func (r *registry) translate(value string) string {
	callID, parameters, _ := strings.Cut(value, ";")
	var local, remote, rest string
	for p := range strings.SplitSeq(parameters, ";") {
		key, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		switch strings.ToLower(key) {
		case "to-tag":
			local = v
		case "from-tag":
			remote = v
		default:
			rest += ";" + p
		}
	}
	s, found := r.dialogs.Named(strings.TrimSpace(callID), local, remote)
	if !found || s.other() == nil {
		return value
	}
	other := s.other()
	local, remote = other.Tags()
	return other.CallID() + ";to-tag=" + remote + ";from-tag=" + local + rest
}
