package trunk

import (
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

const assertedIdentity = "P-Asserted-Identity"

// identityHeaders say who calls or on whose behalf. A caller that is known by a password is outside of the trust domain (RFC 3325, 5): it
// says nothing of that to a gateway, which may bill or show it. Others of that kind begin with P-, as all that carriers have agreed on among
// themselves (RFC 3427, 4.1).
var identityHeaders = []string{
	"remote-party-id", "rpid-privacy", "diversion", "cc-diversion", "history-info", "referred-by", "attestation-info", "origination-id",
	"additional-identity",
}

// isIdentity reports whether a header says who calls or on whose behalf, or who pays.
func isIdentity(name string) bool {
	return slices.Contains(identityHeaders, name) || strings.HasPrefix(name, "p-") && name != "p-early-media"
}

// mayLearn reports whether a gateway may be sent a header of the caller. An identity that the caller wants to be kept private stays within
// the trust domain (RFC 3325, 7).
func (s *side) mayLearn(name string, private bool) bool {
	switch {
	case !isIdentity(name):
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
