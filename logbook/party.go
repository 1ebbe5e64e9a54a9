package logbook

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"timbre"
)

// displayName is the name of a party in the value of a From or To header; empty without one.
func displayName(value string) string {
	a, err := timbre.ParseNameAddr(value)
	if err != nil {
		return ""
	}
	return a.Name
}

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

// username is the beginning of the user name among the parameters of credentials.
var username = regexp.MustCompile(`(?i)\busername="`)

// authUser is the user name in the credentials of an INVITE; empty without.
func authUser(headers map[string]string) string {
	credentials := headers["authorization"]
	found := username.FindStringIndex(credentials)
	if found == nil {
		return ""
	}
	name, _, _ := timbre.Unquote(credentials[found[1]-1:])
	return name
}
