package admission

import (
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // RFC 7616 names it; SHA-256 is preferred where it is stored
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"

	"github.com/icholy/digest"

	"timbre"
)

// checkDigest admits a request that answers the connector's challenge (RFC 3261, 22; RFC 7616; RFC 8760). A request without
// an answer is challenged if the connector has credentials; one with a wrong answer is refused.
func (a *Admission) checkDigest(ctx context.Context, e *entry, q request) (username string, err error) {
	c := e.connector
	if len(e.users) == 0 {
		return "", deny(timbre.NotAllowed, "the source is not in the connector's allowed hosts")
	}
	answer, err := parseDigest(q.Authorization, c.OutboundHost)
	switch {
	case err != nil:
		return "", err
	case answer != nil && !slices.Contains(a.algorithms(c), algorithmOf(answer)):
		return "", deny(timbre.WrongDigest, "the connector does not take digests of that algorithm")
	case answer == nil:
		return "", a.challenge(c, q.Source, deny(timbre.AuthRequired, "authentication required: the source is not in the connector's allowed hosts"))
	case !a.nonces.issued(answer.Nonce, c.ID): // before it costs a reading of the store
		return "", a.challenge(c, q.Source, deny(timbre.StaleNonce, "the nonce has expired, or is none of this server"))
	}
	known, err := a.dir.Credential(ctx, c.ID, answer.Username)
	switch {
	case err != nil && timbre.KindOf(err) != timbre.NotFound:
		return "", err
	case err != nil || !answers(answer, known, q.Method):
		return "", deny(timbre.WrongDigest, "unknown user name or wrong password")
	case !sameURI(answer.URI, q.URI): // or an attacker on the path dials elsewhere
		return "", deny(timbre.WrongDigest, "the digest was made for another URI than that of the request")
	case !a.nonces.use(answer.Nonce, c.ID, answer.Nc):
		return "", a.challenge(c, q.Source, deny(timbre.StaleNonce, "the nonce has been used"))
	}
	a.proved(ctx, q.Source)
	return known.Username, nil
}

// algorithms are those that a connector takes.
func (a *Admission) algorithms(c timbre.Connector) []string {
	return timbre.DigestAlgorithms(c, a.cfg.Digest)
}

// algorithmOf is the algorithm of an answer.
func algorithmOf(answer *digest.Credentials) string {
	return cmp.Or(strings.ToUpper(answer.Algorithm), "MD5")
}

// challenge adds the challenges of a connector to a denial. With a stale nonce, a client may answer again without asking its user for the password.
func (a *Admission) challenge(c timbre.Connector, from netip.Addr, d *timbre.Denial) *timbre.Denial {
	nonce, stale := a.nonces.issue(c.ID, from), ""
	if d.Reason == timbre.StaleNonce {
		stale = ", stale=true"
	}
	for _, algorithm := range a.algorithms(c) {
		d.Challenges = append(d.Challenges,
			`Digest realm="`+c.OutboundHost+`", nonce="`+nonce+`", algorithm=`+algorithm+`, qop="auth"`+stale)
	}
	return d
}

// maxDigest is the longest Authorization header that is parsed, in bytes.
const maxDigest = 2048

// parseDigest returns the answer to a challenge of a realm among the values of Authorization headers; nil without one. Other
// realms and schemes are ignored.
func parseDigest(values []string, realm string) (*digest.Credentials, error) {
	for _, v := range values {
		if len(v) > maxDigest {
			return nil, deny(timbre.BadCredentials, "Authorization has %d bytes, more than %d", len(v), maxDigest)
		}
		if !digest.IsDigest(v) {
			continue
		}
		answer, err := digest.ParseCredentials(v)
		if err != nil {
			return nil, deny(timbre.BadCredentials, "Authorization cannot be parsed")
		}
		if answer.Realm == realm {
			return answer, nil
		}
	}
	return nil, nil
}

// answers reports whether an answer was computed from a credential's password. It must be counted (qop auth), so that none
// is accepted twice.
func answers(answer *digest.Credentials, known timbre.Credential, method string) bool {
	ha1 := known.SHA256
	switch algorithmOf(answer) {
	case "SHA-256":
	case "MD5":
		ha1 = known.MD5
	default:
		return false
	}
	if !strings.EqualFold(answer.QOP, "auth") || answer.Cnonce == "" || answer.Nc < 1 || ha1 == "" {
		return false
	}
	want, err := digest.Digest(&digest.Challenge{Realm: answer.Realm, Nonce: answer.Nonce, Algorithm: answer.Algorithm, QOP: []string{"auth"}},
		digest.Options{Method: method, URI: answer.URI, Username: known.Username, A1: ha1, Cnonce: answer.Cnonce, Count: answer.Nc})
	return err == nil && equal(want.Response, answer.Response)
}

// hasPassword reports whether a password is that of a credential, of which only the digests are known.
func hasPassword(known timbre.Credential, password string) bool {
	text := []byte(known.Username + ":" + known.Realm + ":" + password)
	if known.SHA256 != "" {
		sum := sha256.Sum256(text)
		return equal(hex.EncodeToString(sum[:]), known.SHA256)
	}
	sum := md5.Sum(text) //nolint:gosec // see the import
	return known.MD5 != "" && equal(hex.EncodeToString(sum[:]), known.MD5)
}

// equal compares two digests in hexadecimal in constant time; got may be in capitals.
func equal(want, got string) bool {
	return subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(got))) == 1
}
