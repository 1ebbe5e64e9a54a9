package admission

import (
	"net/url"
	"strings"
)

// sameURI reports whether a digest was made for the Request-URI (RFC 3261, 22.4): the scheme, the user part, the host and the port say
// the same, with the default port left out or not. Parameters are not compared: proxies on the way change them.
func sameURI(a, b string) bool {
	return target(a) == target(b)
}

// uriTarget is what a SIP URI addresses.
type uriTarget struct{ scheme, user, host string }

func target(uri string) uriTarget {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(uri), ":")
	t := uriTarget{scheme: strings.ToLower(scheme)}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		t.user, rest = rest[:at], rest[at+1:]
	}
	if user, err := url.PathUnescape(t.user); err == nil { // RFC 3261, 19.1.4: an escaped character is the character
		t.user = user
	}
	if end := strings.IndexAny(rest, ";?"); end >= 0 {
		rest = rest[:end]
	}
	t.host = strings.ToLower(rest)
	switch t.scheme {
	case "sip":
		t.host = strings.TrimSuffix(t.host, ":5060")
	case "sips":
		t.host = strings.TrimSuffix(t.host, ":5061")
	}
	return t
}
