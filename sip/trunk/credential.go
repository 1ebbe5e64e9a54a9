package trunk

import (
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"timbre"
	"timbre/sip/header"
)

// maxChallenge is the greatest length of a challenge that is parsed, in bytes.
const maxChallenge = 2048

// authorize returns the header that answers a gateway's challenge (RFC 3261, 22; RFC 7616). Nil: there are no credentials for it. They
// prove themselves to the gateway alone, at the address of its route and for the realm of its first challenge: a party behind it may
// name a host of its own in Contact, and challenge us there.
func (s *side) authorize(req *gosip.Request, res *gosip.Response) gosip.Header {
	known, ok := s.call.ua.cfg.Credentials[strings.ToLower(s.gateway.host)]
	if !ok || !s.gateway.sentTo(req) {
		return nil
	}
	ask, answer := "www-authenticate", "Authorization"
	if res.StatusCode == gosip.StatusProxyAuthRequired {
		ask, answer = "proxy-authenticate", "Proxy-Authorization"
	}
	challenge := s.readChallenge(header.Values(res, ask), known)
	if challenge == nil || !s.proves(challenge.Realm) {
		return nil
	}
	proof, err := digest.Digest(challenge, digest.Options{Method: req.Method.String(), URI: req.Recipient.String(), Username: known.Username, Password: known.Password, Count: 1})
	if err != nil {
		return nil
	}
	return gosip.NewHeader(answer, proof.String())
}

// proves reports whether credentials are for a realm: that of the gateway's first challenge.
func (s *side) proves(realm string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.realm == nil {
		s.realm = &realm
	}
	return *s.realm == realm
}

// readChallenge is the first challenge that may be answered; nil: none. The log says what the operator would have to allow.
func (s *side) readChallenge(values []string, known Credential) *digest.Challenge {
	for _, v := range values {
		if len(v) > maxChallenge || !digest.IsDigest(v) {
			continue
		}
		c, err := digest.ParseChallenge(v)
		switch {
		case err != nil || !digest.CanDigest(c):
		case isMD5(c) && !slices.Contains(timbre.DigestAlgorithms(s.call.connector, s.call.ua.cfg.Digest), "MD5"):
			s.tooWeak("it is by MD5: see sip.digest")
		case len(c.QOP) == 0 && !known.WithoutQOP:
			s.tooWeak("it is without qop: see trunk.without_qop")
		default:
			return c
		}
	}
	return nil
}

func isMD5(c *digest.Challenge) bool {
	return c.Algorithm == "" || strings.EqualFold(c.Algorithm, "MD5")
}

// tooWeak tells why a challenge is not answered.
func (s *side) tooWeak(reason string) {
	env := s.call.ua.env
	env.Repeats.Count(env.Log, s.gateway.host, "challenge of a gateway not answered", "reason", reason, "gateway", s.gateway.host, "call", s.call.id())
}
