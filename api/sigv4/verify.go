package sigv4

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"timbre"
)

const unsignedPayload = "UNSIGNED-PAYLOAD"

// verify signs the request again with the secret of the key and compares signatures, and session tokens if the key has one.
func (c *claim) verify(r *http.Request, key timbre.Key, hash string) error {
	again, err := c.unsigned(r)
	if err != nil {
		return err
	}
	signature, err := c.sign(r.Context(), again, key.Secret, hash)
	if err != nil {
		return refuse(mismatch, "The canonical request cannot be constructed.")
	}
	match := subtle.ConstantTimeCompare([]byte(signature), []byte(c.signature))
	if key.Session != "" {
		match &= subtle.ConstantTimeCompare([]byte(key.Session), []byte(c.session(r)))
	}
	if match != 1 {
		return refuse(mismatch, "The request signature we calculated does not match the signature you provided. "+
			"Check the secret access key, the session token if the key has one, and the signing method.")
	}
	return nil
}

// session returns the session token of the request.
func (c *claim) session(r *http.Request) string {
	if c.presigned {
		return single(c.query["X-Amz-Security-Token"])
	}
	return single(r.Header["X-Amz-Security-Token"])
}

// payload returns the hash of the body that the signature must cover.
func (c *claim) payload(r *http.Request, body []byte) (string, error) {
	hash := hashOf(body)
	declared := r.Header.Get("X-Amz-Content-Sha256")
	if declared == "" && c.presigned {
		declared = c.query.Get("X-Amz-Content-Sha256")
	}
	switch {
	case declared == "" || declared == hash:
		return hash, nil
	case declared == unsignedPayload && c.presigned:
		return unsignedPayload, nil
	case declared == unsignedPayload:
		return "", refuse(mismatch, "The body must be signed.")
	}
	return "", refuse(mismatch, "The header x-amz-content-sha256 does not match the body.")
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// ignored are headers that the signer never signs.
var ignored = map[string]bool{
	"authorization": true, "user-agent": true, "x-amzn-trace-id": true, "expect": true, "transfer-encoding": true,
}

// unsigned returns the request with only the signed headers and without its signature.
func (c *claim) unsigned(r *http.Request) (*http.Request, error) {
	query := url.Values{}
	for key, values := range c.query {
		if !c.presigned || key != "X-Amz-Signature" {
			query[key] = values
		}
	}
	again := &http.Request{
		Method: r.Method, Host: r.Host, Header: http.Header{},
		URL: &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: query.Encode()},
	}
	for _, name := range c.signed {
		switch values := r.Header.Values(name); {
		case name == "host":
		case name == "content-length":
			again.ContentLength = r.ContentLength
		case ignored[name]:
			return nil, refuse(incomplete, "SignedHeaders must not include %s.", name)
		case len(values) == 0:
			return nil, refuse(mismatch, "A signed header is missing.")
		default:
			again.Header[http.CanonicalHeaderKey(name)] = slices.Clone(values) // the signer writes into it
		}
	}
	return again, nil
}

// sign returns the signature of a request. It uses a new signer each time: a signer caches a derived key for every region
// that any client names, and keeps it when the secret changes.
func (c *claim) sign(ctx context.Context, r *http.Request, secret, hash string) (string, error) {
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableHeaderHoisting = true })
	key := aws.Credentials{AccessKeyID: c.accessKeyID, SecretAccessKey: secret}
	if c.presigned {
		signed, _, err := signer.PresignHTTP(ctx, key, r, hash, c.service, c.region, c.at)
		if err != nil {
			return "", err
		}
		u, err := url.Parse(signed)
		if err != nil {
			return "", err
		}
		return u.Query().Get("X-Amz-Signature"), nil
	}
	if err := signer.SignHTTP(ctx, key, r, hash, c.service, c.region, c.at); err != nil {
		return "", err
	}
	_, signature, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	return signature, nil
}
