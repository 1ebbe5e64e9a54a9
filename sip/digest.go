package sip

import (
	"context"
	"crypto/subtle"
	"net/netip"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"timbre"
)

// authenticate lets a request in that answers the connector's challenge (RFC 3261, 22; RFC 7616; RFC 8760): it names one
// of the connector's users and proves to know the password. A request without an answer is challenged, if there is a
// user; one with a wrong answer is refused.
func (a admission) authenticate(ctx context.Context, c timbre.Connector, req *gosip.Request) *refusal {
	names, err := a.Usernames(ctx, c.ID)
	switch {
	case err != nil:
		return failed(err)
	case len(names) == 0:
		return refuse(403, "forbidden", "the source is not among the connector's allowed hosts")
	}
	answer, r := answerOf(req, c.OutboundHost)
	if r != nil {
		return r
	}
	if answer == nil {
		return a.challenge(c, false)
	}
	user, err := a.Credential(ctx, c.ID, answer.Username)
	switch {
	case err != nil && timbre.KindOf(err) != timbre.NotFound:
		return failed(err)
	case err != nil || !proves(answer, user, req.Method.String()):
		return refuse(403, "wrong_digest", "username or password is wrong")
	case !a.nonces.use(answer.Nonce, c.ID, answer.Nc):
		return a.challenge(c, true)
	}
	if source, err := netip.ParseAddrPort(req.Source()); err == nil && a.proven != nil {
		a.proven(source.Addr().Unmap())
	}
	return nil
}

// challenge asks who is there. MD5 comes first because many clients look at the first challenge alone and know nothing
// else; whoever wants SHA-256 may take it. Stale tells a client that knows the password that only the nonce is no longer
// good.
func (a admission) challenge(c timbre.Connector, stale bool) *refusal {
	r, more := refuse(401, "challenged", "the source is not among the connector's allowed hosts: who is it?"), ""
	if stale {
		r, more = refuse(401, "stale", "the nonce is too old or has been used"), ", stale=true"
	}
	nonce := a.nonces.make(c.ID)
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		r = r.With("WWW-Authenticate", `Digest realm="`+c.OutboundHost+`", nonce="`+nonce+`", algorithm=`+algorithm+`, qop="auth"`+more)
	}
	return r
}

// maxAnswer is how long an answer to a challenge may be.
const maxAnswer = 2048

// answerOf is a request's answer to a challenge of a realm; nil without. A proxy's challenge and those of other realms
// are not ours.
func answerOf(req *gosip.Request, realm string) (*digest.Credentials, *refusal) {
	for _, v := range values(req, "authorization") {
		if len(v) > maxAnswer {
			return nil, refuse(400, "malformed", "Authorization has %d characters", len(v))
		}
		if !digest.IsDigest(v) {
			continue
		}
		answer, err := digest.ParseCredentials(v)
		if err != nil {
			return nil, refuse(400, "malformed", "Authorization cannot be read")
		}
		if answer.Realm == realm {
			return answer, nil
		}
	}
	return nil, nil
}

// proves says whether an answer was made with the user's password. It must count (qop auth), so that none is good twice.
func proves(answer *digest.Credentials, user timbre.Credential, method string) bool {
	a1 := user.SHA256
	switch strings.ToUpper(answer.Algorithm) {
	case "SHA-256":
	case "", "MD5":
		a1 = user.MD5
	default:
		return false
	}
	if !strings.EqualFold(answer.QOP, "auth") || answer.Cnonce == "" || answer.Nc < 1 || a1 == "" {
		return false
	}
	want, err := digest.Digest(&digest.Challenge{Realm: answer.Realm, Nonce: answer.Nonce, Algorithm: answer.Algorithm, QOP: []string{"auth"}},
		digest.Options{Method: method, URI: answer.URI, Username: user.Username, A1: a1, Cnonce: answer.Cnonce, Count: answer.Nc})
	return err == nil && subtle.ConstantTimeCompare([]byte(want.Response), []byte(strings.ToLower(answer.Response))) == 1
}
