package logbook

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// displayName is the name of a party in the value of a From or To header; empty without one.
func displayName(value string) string {
	name, _, ok := strings.Cut(value, "<")
	if !ok {
		return ""
	}
	name = strings.TrimSpace(name)
	if inner, quoted := strings.CutPrefix(name, `"`); quoted {
		inner, _ = strings.CutSuffix(inner, `"`)
		return escaped.ReplaceAllString(inner, "$1")
	}
	return name
}

// escaped is a quoted-pair (RFC 3261, 25.1).
var escaped = regexp.MustCompile(`\\(.)`)

// country is the country of a number in the form of E.164, in two letters; empty if it is unknown or not such a number.
func country(number string) string {
	if !strings.HasPrefix(number, "+") {
		return ""
	}
	parsed, err := phonenumbers.Parse(number, "")
	if err != nil {
		return ""
	}
	return phonenumbers.GetRegionCodeForNumber(parsed)
}

var username = regexp.MustCompile(`(?i)\busername="((?:[^"\\]|\\.)*)"`)

// authUser is the user name in the credentials of an INVITE; empty without.
func authUser(headers map[string]string) string {
	if found := username.FindStringSubmatch(headers["authorization"]); found != nil {
		return escaped.ReplaceAllString(found[1], "$1")
	}
	return ""
}
