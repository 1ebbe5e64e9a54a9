// Package sigv4 checks AWS Signature Version 4 on requests, in its header form and its presigned query form.
//
// A request with its body comes in; the access key that signed it, or a timbre.SignatureFault in AWS's wording, goes out. The request is
// signed again with the secret of its key, and the two signatures are compared in constant time, so the canonical form is the
// SDK's own. The package knows no operations and grants no permissions.
//
// The service must be chime; any region is accepted, because clients of every region are pointed here. Host must be signed.
// The hash of the body is always computed, unless it is streamed; UNSIGNED-PAYLOAD is accepted in presigned requests only. A key with a session
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
	"timbre/ttl"
)

// Verifier checks signatures.
type Verifier struct {
	env     environment.Environment
	keys    timbre.Keys
	service string
	replays *replays // nil: requests change nothing
}

// New returns a Verifier of the signatures of keys.
func New(env environment.Environment, keys timbre.Keys) *Verifier {
	env = env.Complete()
	return &Verifier{env, keys, chime, newReplays(env.Now())}
}

// NewStreaming returns a Verifier of requests to a service whose bodies may be streamed: see CheckHead.
func NewStreaming(env environment.Environment, keys timbre.Keys, service string) *Verifier {
	env = env.Complete()
	return &Verifier{env, keys, service, newReplays(env.Now())}
}

// NewReading returns a Verifier of requests to a service whose requests change nothing.
func NewReading(env environment.Environment, keys timbre.Keys, service string) *Verifier {
	return &Verifier{env.Complete(), keys, service, nil}
}

// Remembering gives a verifier, before it is used, what the server before this one has taken, and keeps in the journal what the next one must
// not take. Nil: nothing of it is known.
func (v *Verifier) Remembering(j *ttl.Journal) *Verifier {
	if j != nil && v.replays != nil {
		v.replays.log = v.env.Log
		v.replays.recall(j)
	}
	return v
}

// Skew is how far the date of a request may differ from the clock.
const Skew = 15 * time.Minute

// chime is the signing name of both AWS services.
const chime = "chime"

// Check returns the access key that signed the request, a *timbre.SignatureFault, or the error of reading the body. It reads the body only
// once the key is known and the date is valid. An error with a key refuses what the key has signed.
func (v *Verifier) Check(r *http.Request, body func() ([]byte, error)) (key timbre.Key, err error) {
	c, key, err := v.claimed(r)
	if err != nil {
		return timbre.Key{}, err
	}
	text, err := body()
	if err != nil {
		return timbre.Key{}, err
	}
	hash, err := c.payload(r, text)
	if err == nil {
		err = c.verify(r, key, hash)
	}
	if err != nil {
		return timbre.Key{}, err
	}
	return v.admit(r, &c, key)
}

// CheckHead is Check for a request whose body is streamed, so that the signature cannot cover it: clients put UNSIGNED-PAYLOAD or the hash
// of no body in its place.
func (v *Verifier) CheckHead(r *http.Request) (key timbre.Key, err error) {
	c, key, err := v.claimed(r)
	if err != nil {
		return timbre.Key{}, err
	}
	for _, hash := range []string{unsignedPayload, hashOf(nil)} {
		if err = c.verify(r, key, hash); err == nil {
			return v.admit(r, &c, key)
		}
	}
	return timbre.Key{}, err
}

// claimed reads the claim of a request, and finds the key that it names.
func (v *Verifier) claimed(r *http.Request) (c claim, key timbre.Key, err error) {
	if c, err = parse(r); err != nil {
		return c, key, err
	}
	if c.service != v.service {
		return c, key, refuse(mismatch, "Credential should be scoped to correct service: '%s'.", v.service)
	}
	key, ok := v.keys.Key(c.accessKeyID)
	if !ok {
		return c, key, refuse(unknownKey, "The security token included in the request is invalid.")
	}
	if key.Expired(v.env.Now()) {
		return c, key, refuse(outlived, "The security token included in the request is expired.")
	}
	if key.Session != "" && c.session(r) == "" {
		return c, key, refuse(unknownKey, "The security token included in the request is invalid: this key requires its session token.")
	}
	return c, key, c.validAt(v.env.Now())
}

// admit holds a key to its networks, takes a request that changes something once, and notes the use of the key.
func (v *Verifier) admit(r *http.Request, c *claim, key timbre.Key) (timbre.Key, error) {
	if source, _ := netip.ParseAddrPort(r.RemoteAddr); !key.From(source.Addr()) {
		return key, refuse(elsewhere, "This access key may not be used from the network of the request.")
	}
	if v.replays != nil {
		if err := v.replays.take(r, c, v.env.Now()); err != nil {
			return key, err
		}
	}
	v.keys.Used(key.ID)
	return key, nil
}
