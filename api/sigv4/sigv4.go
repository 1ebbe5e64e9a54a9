// Package sigv4 checks AWS Signature Version 4 on requests, in its header form and its presigned query form.
//
// A request with its body comes in; the access key that signed it, or an *Error in AWS's wording, goes out. The request is
// signed again with the secret of its key, and the two signatures are compared in constant time, so the canonical form is the
// SDK's own. The package knows no operations and grants no permissions.
//
// The service must be chime; any region is accepted, because clients of every region are pointed here. Host must be signed.
// The hash of the body is always computed; UNSIGNED-PAYLOAD is accepted in presigned requests only. A key with a session
// token is refused without it. A token for a key without one is ignored, unless it is signed: then it must be unchanged. A
// wrong token and a wrong secret get the same message. A request that changes something is taken once.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
package sigv4

import (
	"net/http"
	"net/netip"
	"time"

	"timbre"
	"timbre/environment"
)

// Keys finds an access key by its id.
type Keys interface {
	Key(accessKeyID string) (key timbre.Key, ok bool)
}

// Verifier checks signatures.
type Verifier struct {
	env     environment.Environment
	keys    Keys
	service string
	replays *replays // nil: requests change nothing
}

// New returns a Verifier of the signatures of keys.
func New(env environment.Environment, keys Keys) *Verifier {
	env = env.Complete()
	return &Verifier{env, keys, chime, newReplays(env.Now())}
}

// NewReading returns a Verifier of requests to a service whose requests change nothing.
func NewReading(env environment.Environment, keys Keys, service string) *Verifier {
	return &Verifier{env.Complete(), keys, service, nil}
}

// Skew is how far the date of a request may differ from the clock.
const Skew = 15 * time.Minute

// chime is the signing name of both AWS services.
const chime = "chime"

// Check returns the access key that signed the request, an *Error, or the error of reading the body. It reads the body only
// once the key is known and the date is valid. An error with a key refuses what the key has signed.
func (v *Verifier) Check(r *http.Request, body func() ([]byte, error)) (key timbre.Key, err error) {
	c, err := parse(r)
	if err != nil {
		return timbre.Key{}, err
	}
	if c.service != v.service {
		return timbre.Key{}, refuse(mismatch, "Credential should be scoped to correct service: '%s'.", v.service)
	}
	key, ok := v.keys.Key(c.accessKeyID)
	if !ok {
		return timbre.Key{}, refuse(unknownKey, "The security token included in the request is invalid.")
	}
	if key.Expired(v.env.Now()) {
		return timbre.Key{}, refuse(outlived, "The security token included in the request is expired.")
	}
	if key.Session != "" && c.session(r) == "" {
		return timbre.Key{}, refuse(unknownKey, "The security token included in the request is invalid: this key requires its session token.")
	}
	if err := c.validAt(v.env.Now()); err != nil {
		return timbre.Key{}, err
	}
	text, err := body()
	if err != nil {
		return timbre.Key{}, err
	}
	if err := c.verify(r, key, text); err != nil {
		return timbre.Key{}, err
	}
	if source, _ := netip.ParseAddrPort(r.RemoteAddr); !key.From(source.Addr()) {
		return key, refuse(elsewhere, "This access key may not be used from the network of the request.")
	}
	if v.replays == nil {
		return key, nil
	}
	return key, v.replays.take(r, &c, v.env.Now())
}
