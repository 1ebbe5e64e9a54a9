package admission

import (
	"context"
	"encoding/base64"
	"strings"

	"timbre"
	"timbre/admission/source"
)

// request is an AccessRequest, and whom it claims to be.
type request struct {
	timbre.AccessRequest
	user, password string // of Basic, or the user who signed; empty: none that may be tried
	exhausted      bool   // the source has tried too many wrong passwords, and may try none now
}

// limited finds whom a request claims to be, by Basic credentials or by its signature, unless its source has been wrong too often.
func (a *Admission) limited(r timbre.AccessRequest) request {
	q := request{AccessRequest: r}
	if r.Scheme != timbre.Basic {
		return q
	}
	q.user, q.password, _ = parseBasic(r.Authorization)
	if r.Signature != nil {
		q.user, q.password = r.Signature.User, ""
	}
	if r.Signature != nil && r.Signature.Proven { // nobody's wrong ones count against it
		return q
	}
	wrong, user := a.wrong(q)
	if q.exhausted = q.user != "" && !wrong.May(r.Source, user); q.exhausted {
		q.user, q.password = "", ""
	}
	return q
}

// wrong is where a request counts if it is refused. Wrong passwords count together, so that nobody tries one with many users. Wrong
// signatures count by user: the customers of a platform that signs share its addresses, and none shuts out another whose key it does not know.
func (a *Admission) wrong(q request) (_ *source.Attempts, user string) {
	if q.Signature == nil {
		return a.passwords, ""
	}
	return a.signatures, q.Signature.User[:min(len(q.Signature.User), maxSecret)]
}

// denied counts a wrong password, of a request that has been refused.
func (a *Admission) denied(q request, d *timbre.Denial) *timbre.Denial {
	switch {
	case q.Scheme != timbre.Basic || d.Reason == timbre.NoConnector:
	case q.exhausted:
		return deny(timbre.TooManyAttempts, "too many wrong passwords from the source")
	case q.user != "":
		wrong, user := a.wrong(q)
		wrong.Failed(q.Source, user)
	}
	return d
}

// maxSecret is the longest user name, and the longest password, in bytes.
const maxSecret = 256

// parseBasic returns the first credentials of the scheme Basic (RFC 7617) among the values of Authorization headers.
func parseBasic(values []string) (user, password string, ok bool) {
	for _, v := range values {
		scheme, encoded, _ := strings.Cut(v, " ")
		if !strings.EqualFold(scheme, "basic") {
			continue
		}
		text, err := base64.StdEncoding.DecodeString(strings.TrimLeft(encoded, " "))
		if err != nil {
			return "", "", false
		}
		return strings.Cut(string(text), ":")
	}
	return "", "", false
}

// checkBasic admits a request with the right password.
func (a *Admission) checkBasic(ctx context.Context, c timbre.Connector, q request) (username string, err error) {
	denial := deny(timbre.NotAllowed, "the source is not in the connector's allowed hosts, and the request carries none of its credentials")
	return a.proven(ctx, c, q.user, denial, func(known timbre.Credential) bool {
		return len(q.password) <= maxSecret && hasPassword(known, q.password)
	})
}

// proven is the user of a connector whose password a request proves, or its denial. Unknown users and wrong passwords get the same.
func (a *Admission) proven(ctx context.Context, c timbre.Connector, user string, denial *timbre.Denial, proves func(timbre.Credential) bool) (username string, err error) {
	if user == "" || len(user) > maxSecret {
		return "", denial
	}
	known, err := a.dir.Credential(ctx, c.ID, user)
	switch {
	case err != nil && timbre.KindOf(err) != timbre.NotFound:
		return "", err
	case err != nil || !proves(known):
		return "", denial
	}
	return known.Username, nil
}
