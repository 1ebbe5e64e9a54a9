package feed

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"timbre"
)

// Token is the secret by which a platform signs its requests for a connector.
type Token struct{ ConnectorID, Platform, Secret string }

// signer is how a platform signs the requests that begin its feeds.
type signer struct {
	// signed reports whether a request has a signature of the platform.
	signed func(http.Header) bool
	// made reports whether the signature of a request was made with a secret.
	made func(r *http.Request, secret string, now time.Time) bool
	// once is what can be used once of a request that was signed for a connector; nil: the platform signs nothing that differs.
	once func(r *http.Request, connectorID string, now time.Time) *once
}

// maxTried is how many tokens a request is compared with that names no connector, so that what it costs does not grow with their number.
const maxTried = 16

// tokens are those of platforms, by platform, and by platform and connector.
type tokens map[[2]string][]Token

// PrepareTokens returns a function that puts tokens in the place of those before. Invalid: the signatures of a platform are not checked.
func (s *Server) PrepareTokens(all []Token) (use func(), err error) {
	var signers []string
	for _, k := range kinds {
		if k.signer != nil {
			signers = append(signers, k.name)
		}
	}
	by := tokens{}
	for _, t := range all {
		if !slices.Contains(signers, t.Platform) {
			return nil, timbre.Errorf(timbre.Invalid, "feed.PrepareTokens", "the platform %q is none of %s", t.Platform, strings.Join(signers, ", "))
		}
		for _, key := range [][2]string{{t.Platform}, {t.Platform, strings.ToLower(t.ConnectorID)}} {
			by[key] = append(by[key], t)
		}
	}
	return func() { s.tokens.Store(&by) }, nil
}

// tokensOf are those of a platform, for the connector of an id or, without one, for all.
func (s *Server) tokensOf(platform, connectorID string) []Token {
	by := s.tokens.Load()
	if by == nil {
		return nil
	}
	return (*by)[[2]string{platform, strings.ToLower(connectorID)}]
}

// platformSignature is that of a platform for whose requests there is a token: of the connector that the request names, or of any. It
// returns the connector whose token it was made with. Without such a token the signature of a platform means nothing. Wrong ones are not
// counted: tokens are too long to be guessed, and the customers of a platform share its addresses, so that they could shut each other out.
func (s *Server) platformSignature(r *http.Request, connectorID string) (id string, _ *timbre.Signature, use *once, _ *refusal) {
	for _, k := range kinds {
		if k.signer == nil || !k.signer.signed(r.Header) {
			continue
		}
		known := s.tokensOf(k.name, connectorID)
		if len(known) == 0 {
			continue
		}
		id, refused := k.owner(r, known, s.env.Now())
		if refused != nil {
			return "", nil, nil, refused
		}
		if k.signer.once != nil {
			use = k.signer.once(r, id, s.env.Now())
		}
		return id, &timbre.Signature{User: k.name, Proven: true}, use, nil
	}
	return connectorID, nil, nil, nil
}

// owner is the connector with whose token a request is signed.
func (k *kind) owner(r *http.Request, known []Token, now time.Time) (id string, _ *refusal) {
	if len(known) > maxTried {
		return "", ambiguous
	}
	var proven []string
	for _, t := range known {
		if k.signer.made(r, t.Secret, now) && !slices.Contains(proven, t.ConnectorID) {
			proven = append(proven, t.ConnectorID)
		}
	}
	switch len(proven) {
	case 0:
		return "", refuse(http.StatusForbidden, "signature", "the signature of "+k.name+" is not made with the connector's token")
	case 1:
		return proven[0], nil
	}
	return "", ambiguous
}

var ambiguous = refuse(http.StatusNotFound, "no_connector", "several connectors may have the token of the signature: name one in the path")

// calledURLs are the URLs by which a platform may have called a request, with one of some schemes: a proxy may have ended TLS, and the port
// of TLS may have been named or not.
func calledURLs(r *http.Request, schemes ...string) (all []string) {
	hosts := []string{r.Host}
	if host, named := strings.CutSuffix(r.Host, ":443"); named {
		hosts = append(hosts, host)
	} else if _, _, err := net.SplitHostPort(r.Host); err != nil {
		hosts = append(hosts, r.Host+":443")
	}
	for _, scheme := range schemes {
		for _, host := range hosts {
			all = append(all, scheme+"://"+host+r.URL.RequestURI())
		}
	}
	return all
}

// bearer is the bearer token of a request (RFC 6750); empty without.
func bearer(h http.Header) string {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
