package eventbridge

import (
	"net/url"
	"regexp"
)

// own is the source of events on buses of AWS. It lets nobody but itself use sources that begin with "aws.", as those of the events do.
const own = "timbre"

// amazon matches the hosts of AWS, also those of a private network.
var amazon = regexp.MustCompile(`\.(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$`)

// source returns the source of the events at an endpoint; empty: their own. No endpoint is AWS.
func source(endpoint *string) string {
	if endpoint == nil {
		return own
	}
	if at, err := url.Parse(*endpoint); err == nil && amazon.MatchString(at.Hostname()) {
		return own
	}
	return ""
}
