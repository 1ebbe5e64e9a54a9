// Package sigv4 checks AWS Signature Version 4 on requests, in its header form and its presigned query form.
//
// In comes a request with its body, out goes the access key id that signed it, or an *Error as AWS words it. A request is
// signed again with the secret that belongs to its key id and the two signatures are compared in constant time, so that
// the canonical form is the SDK's own. The package knows no operations and gives no permissions.
//
// What is particular: the service must be chime and the region may be any, for clients are pointed here from every region.
// Host must be signed. The hash of the body is always computed; UNSIGNED-PAYLOAD is refused except in presigned
// requests. A key that has a session token is refused without it. With another key a token changes nothing; when it is
// signed it must be as it was. A wrong token and a wrong secret are refused in the same words.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
package sigv4

import (
	"net/http"
	"time"

	"timbre"
	"timbre/environment"
)

// Keys finds an access key by its id.
type Keys interface {
	Key(accessKeyID string) (key timbre.Key, ok bool)
}

// Verifier checks signatures against the keys that it knows.
type Verifier struct {
	env  environment.Environment
	keys Keys
}

// New returns a Verifier of the signatures of keys.
func New(env environment.Environment, keys Keys) *Verifier { return &Verifier{env.Complete(), keys} }

// Skew is how far a request's date may be from the clock, either way.
const Skew = 15 * time.Minute

// service is the signing name of both AWS services.
const service = "chime"

// Check gives the access key that signed the request, or an *Error, or what reading the body failed with. The body is
// read only after the key is known and the date is right.
func (v *Verifier) Check(r *http.Request, body func() ([]byte, error)) (key timbre.Key, err error) {
	c, err := parse(r)
	if err != nil {
		return timbre.Key{}, err
	}
	key, ok := v.keys.Key(c.accessKeyID)
	if !ok {
		return timbre.Key{}, refuse(unknownKey, "The security token included in the request is invalid.")
	}
	if key.Session != "" && c.session(r) == "" {
		return timbre.Key{}, refuse(unknownKey, "The security token included in the request is invalid: this key requires its session token.")
	}
	if err := c.timely(v.env.Now()); err != nil {
		return timbre.Key{}, err
	}
	text, err := body()
	if err != nil {
		return timbre.Key{}, err
	}
	if err := c.verify(r, key, text); err != nil {
		return timbre.Key{}, err
	}
	return key, nil
}
