package trunk

import (
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

const assertedIdentity = "P-Asserted-Identity"

// identityHeaders say who calls or on whose behalf. A caller that is known by a password is outside of the trust domain (RFC 3325, 5): it
// says nothing of that to a gateway, which may bill or show it.
var identityHeaders = []string{
	"p-asserted-identity", "p-preferred-identity", "p-asserted-service", "p-preferred-service", "remote-party-id", "rpid-privacy", "diversion",
	"cc-diversion", "history-info", "p-charge-info", "p-served-user", "p-profile-key", "p-visited-network-id", "p-access-network-info", "referred-by",
}

// mayLearn reports whether a gateway may be sent a header of the caller. An identity that the caller wants to be kept private stays within
// the trust domain (RFC 3325, 7).
func (s *side) mayLearn(name string, private bool) bool {
	switch {
	case !slices.Contains(identityHeaders, name):
		return true
	case s.call.access.Username != "":
		return false
	}
	return !private || s.trusted()
}

// trusted reports whether the gateway is in the trust domain.
func (s *side) trusted() bool { return s.call.ua.cfg.Trusted[strings.ToLower(s.gateway.host)] }

// wantsPrivacy reports whether the sender of a request asks that its asserted identity be kept private.
func wantsPrivacy(m header.Message) bool {
	for _, v := range header.Values(m, "privacy") {
		if slices.ContainsFunc(strings.Split(v, ";"), func(p string) bool { return strings.EqualFold(strings.TrimSpace(p), "id") }) {
			return true
		}
	}
	return false
}

// assertIdentity says who calls in place of a caller that is not believed: the number that the connector calls from.
func (a *attempt) assertIdentity(req *gosip.Request) {
	known := a.call.access
	if known.Username == "" || known.Identity == "" || !a.side.trusted() {
		return
	}
	uri := gosip.Uri{Scheme: "sip", User: known.Identity, Host: a.side.Endpoint().Advertised.Addr().String()}
	req.AppendHeader(gosip.NewHeader(assertedIdentity, "<"+uri.String()+">"))
}
