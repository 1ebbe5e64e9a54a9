package timbre

import "strings"

// Contradicts reports whether the canonical name of a source (RFC 3550, 6.5.1: user@host, or a name alone), which SDP and RTCP tell, is that
// of another party of the call than the leg's. A name that is nobody's, such as a random one, contradicts nothing.
func (c *Call) Contradicts(leg int, cname string) bool {
	name := person(cname)
	if name == "" || leg >= len(c.Legs) || person(c.Legs[leg].Party) == name {
		return false
	}
	for _, l := range c.Legs {
		if person(l.Party) == name {
			return true
		}
	}
	return false
}

// person is the user part of an address or a canonical name.
func person(address string) string {
	if scheme, rest, ok := strings.Cut(address, ":"); ok && !strings.Contains(scheme, "@") {
		address = rest
	}
	user, _, _ := strings.Cut(address, "@")
	user, _, _ = strings.Cut(user, ";")
	return strings.ToLower(strings.TrimSpace(user))
}
