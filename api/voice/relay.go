package voice

import (
	"context"
	"strings"
	"unicode/utf8"

	"timbre"
	"timbre/api/rest"
)

// routes are those of a connector.
func (s *service) routes(ctx context.Context, id string) ([]timbre.Route, error) {
	o, err := s.deps.Store.Origination(ctx, id)
	if timbre.KindOf(err) == timbre.NotFound {
		err = nil
	}
	return o.Routes, err
}

// allowedHosts are those of a connector.
func (s *service) allowedHosts(ctx context.Context, id string) ([]string, error) {
	t, err := s.deps.Store.Termination(ctx, id)
	if timbre.KindOf(err) == timbre.NotFound {
		err = nil
	}
	return t.CIDRs, err
}

// checkRelay refuses allowed hosts and routes that together would make a connector an open relay.
func checkRelay(hosts []string, routes []timbre.Route) error {
	if len(routes) == 0 {
		return nil
	}
	for _, host := range hosts {
		if network, ok := timbre.AllowedNetwork(host); ok && !timbre.RelayNetwork(network) {
			return timbre.Errorf(timbre.Invalid, "", "The connector has routes, and would put calls of strangers through: %s in its allowed hosts must be /27 (IPv6: /56) or longer, or a private network.", host)
		}
	}
	return nil
}

const (
	minPassword = 6  // characters of a password
	minDigits   = 12 // of one of digits alone
)

// checkPassword refuses a password that is easily guessed: calls are made with it at the operator's cost.
func checkPassword(at, username, password string) error {
	different := map[rune]bool{}
	for _, r := range password {
		different[r] = true
	}
	switch {
	case utf8.RuneCountInString(password) < minPassword || len(different) < minPassword/2:
		return rest.Invalid(at, "have %d characters or more, and not the same ones", minPassword)
	case utf8.RuneCountInString(password) < minDigits && strings.Trim(password, "0123456789") == "":
		return rest.Invalid(at, "have %d characters or more if it has digits alone", minDigits)
	case strings.EqualFold(password, username):
		return rest.Invalid(at, "differ from the user name")
	}
	return nil
}
