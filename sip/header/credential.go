package header

import "regexp"

// username is the user name among the parameters of credentials (RFC 7616).
var username = regexp.MustCompile(`(?i)\busername="((?:[^"\\]|\\.)*)"`)

// isCredential reports whether the header of a name, as Name returns it, has credentials.
func isCredential(name string) bool { return name == "authorization" || name == "proxy-authorization" }

// withoutSecret returns credentials with nothing but their user name: the response to a challenge is enough to guess the password by
// trying. Empty without a user name.
func withoutSecret(credentials string) string {
	if found := username.FindString(credentials); found != "" {
		return "Digest " + found
	}
	return ""
}
