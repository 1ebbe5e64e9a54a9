package siprec

import (
	"slices"
	"strings"

	"timbre/sip/header"
)

// User is the user part of an address as SIP messages and metadata write it: `"Ann" <sip:ann@example.com;user=phone>`,
// `tel:+1206…`, `ann@example.com` and `ann` alike. An address without a user part has none.
func User(address string) string {
	if strings.Contains(address, "<") {
		address = header.URI(address)
	}
	address = strings.TrimSpace(address)
	if scheme, rest, ok := strings.Cut(address, ":"); ok && slices.Contains([]string{"sip", "sips", "tel"}, strings.ToLower(scheme)) {
		user, _, ok := strings.Cut(rest, "@")
		if !ok && !strings.EqualFold(scheme, "tel") {
			return ""
		}
		address = user
	}
	address, _, _ = strings.Cut(address, "@")
	address, _, _ = strings.Cut(address, ";")
	address, _, _ = strings.Cut(address, ":") // a password
	return address
}

const minDigits = 7 // that two telephone numbers share at their ends to be the same

// sameDigits reports whether the digits of one telephone number are the end of another's, as with and without a country code.
func sameDigits(a, b string) bool {
	return min(len(a), len(b)) >= minDigits && (strings.HasSuffix(a, b) || strings.HasSuffix(b, a))
}

// digits are those of a telephone number, without leading zeros (trunk and international prefixes); empty for anything else.
func digits(s string) string {
	kept := strings.Map(func(r rune) rune {
		if strings.ContainsRune("+-.() ", r) {
			return -1
		}
		return r
	}, s)
	if strings.Trim(kept, "0123456789") != "" {
		return ""
	}
	return strings.TrimLeft(kept, "0")
}

// host is the host of an address, as far as a pattern can be about it; empty for one that has none.
func host(address string) string {
	_, h, _ := strings.Cut(address, "@")
	if end := strings.IndexAny(h, ";:>? "); end >= 0 {
		h = h[:end]
	}
	return h
}
