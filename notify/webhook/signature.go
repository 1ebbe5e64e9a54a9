package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"timbre"
)

// The headers of standard-webhooks.
const (
	HeaderID        = "webhook-id"        // the id of the event: the same on every try
	HeaderTimestamp = "webhook-timestamp" // seconds since 1970, of this try
	HeaderSignature = "webhook-signature" // "v1," and a base64 HMAC-SHA256; several, apart by a space, while keys change
)

// Tolerance is how far the clocks of sender and receiver may be apart.
const Tolerance = 5 * time.Minute

// Key is the HMAC key that a secret stands for. "whsec_" and base64 stands for the decoded bytes, which is the form that
// the libraries of standard-webhooks take; any other text stands for its own bytes. Invalid when there is no key in it.
func Key(secret string) ([]byte, error) {
	encoded, prefixed := strings.CutPrefix(secret, "whsec_")
	if !prefixed {
		if secret == "" {
			return nil, timbre.Errorf(timbre.Invalid, "", "a webhook needs a secret")
		}
		return []byte(secret), nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) == 0 {
		return nil, timbre.Errorf(timbre.Invalid, "", "what follows whsec_ in a webhook's secret must be base64")
	}
	return key, nil
}

// Signature is the v1 signature of a body that is sent under an id at a time.
func Signature(key []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func sign(h http.Header, key []byte, id string, at time.Time, body []byte) {
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(HeaderSignature, Signature(key, id, at, body))
}

// Verify is for receivers: nil if one of the v1 signatures in h is the body's under the secret, and was made within
// Tolerance of now. Unauthorized otherwise, Invalid for a secret that cannot be used.
func Verify(secret string, h http.Header, body []byte, now time.Time) error {
	const op = "webhook.Verify"
	key, err := Key(secret)
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(h.Get(HeaderTimestamp), 10, 64)
	if err != nil {
		return timbre.Errorf(timbre.Unauthorized, op, "the %s header is not a time", HeaderTimestamp)
	}
	at := time.Unix(seconds, 0)
	if at.Before(now.Add(-Tolerance)) || at.After(now.Add(Tolerance)) {
		return timbre.Errorf(timbre.Unauthorized, op, "the request is not of now")
	}
	want := []byte(Signature(key, h.Get(HeaderID), at, body))
	for one := range strings.SplitSeq(h.Get(HeaderSignature), " ") {
		if hmac.Equal([]byte(one), want) {
			return nil
		}
	}
	return timbre.Errorf(timbre.Unauthorized, op, "no signature fits")
}
