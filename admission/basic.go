package admission

import (
	"context"
	"encoding/base64"
	"strings"

	"timbre"
)

// request is an AccessRequest whose Basic credentials have been parsed.
type request struct {
	timbre.AccessRequest
	user, password string // of Basic; empty: none that may be tried
	exhausted      bool   // the source has tried too many wrong passwords, and may try none now
}

// limited parses the Basic credentials of a request, unless its source has tried too many wrong passwords.
func (a *Admission) limited(r timbre.AccessRequest) request {
	q := request{AccessRequest: r}
	if r.Scheme != timbre.Basic {
		return q
	}
	q.user, q.password, _ = parseBasic(r.Authorization)
	if q.exhausted = q.user != "" && !a.attempts.May(r.Source); q.exhausted {
		q.user, q.password = "", ""
	}
	return q
}

// denied counts a wrong password, of a request that has been refused.
func (a *Admission) denied(q request, d *timbre.Denial) *timbre.Denial {
	switch {
	case q.Scheme != timbre.Basic || d.Reason == timbre.NoConnector:
	case q.exhausted:
		return deny(timbre.TooManyAttempts, "too many wrong passwords from the source")
	case q.user != "":
		a.attempts.Failed(q.Source)
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

// checkBasic admits a request with the right password. Unknown users and wrong passwords get the same denial.
func (a *Admission) checkBasic(ctx context.Context, c timbre.Connector, q request) error {
	denial := deny(timbre.NotAllowed, "the source is not in the connector's allowed hosts, and the request carries none of its credentials")
	if q.user == "" || len(q.user) > maxSecret || len(q.password) > maxSecret {
		return denial
	}
	known, err := a.dir.Credential(ctx, c.ID, q.user)
	switch {
	case err != nil && timbre.KindOf(err) != timbre.NotFound:
		return err
	case err != nil || !hasPassword(known, q.password):
		return denial
	}
	return nil
}
