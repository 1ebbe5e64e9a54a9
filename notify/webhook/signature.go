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
	HeaderID        = "webhook-id"        // the id of the event: the same on each attempt
	HeaderTimestamp = "webhook-timestamp" // of this attempt, in seconds since 1970
	HeaderSignature = "webhook-signature" // "v1," and a base64 HMAC-SHA256; several, separated by a space, while keys are rotated
)

// Tolerance is the largest accepted difference between the clocks of sender and receiver.
const Tolerance = 5 * time.Minute

// Key returns the HMAC key of a secret. The form of the standard-webhooks libraries, "whsec_" and base64, is decoded; any
// other text is used as it is. Invalid if the key is empty or not base64.
func Key(secret string) ([]byte, error) {
	encoded, prefixed := strings.CutPrefix(secret, "whsec_")
	if !prefixed {
		if secret == "" {
			return nil, timbre.Errorf(timbre.Invalid, "", "a webhook requires a secret")
		}
		return []byte(secret), nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) == 0 {
		return nil, timbre.Errorf(timbre.Invalid, "", "a webhook's secret must have base64 after whsec_")
	}
	return key, nil
}

// Signature returns the v1 signature of a body that is sent with an id and a timestamp.
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

// Verify is for receivers. It returns nil if one of the v1 signatures in h is that of the body under the secret, with a
// timestamp within Tolerance of now; otherwise Unauthorized, or Invalid for a malformed secret.
func Verify(secret string, h http.Header, body []byte, now time.Time) error {
	const op = "webhook.Verify"
	key, err := Key(secret)
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(h.Get(HeaderTimestamp), 10, 64)
	if err != nil {
		return timbre.Errorf(timbre.Unauthorized, op, "the %s header is not a timestamp", HeaderTimestamp)
	}
	at := time.Unix(seconds, 0)
	if at.Before(now.Add(-Tolerance)) || at.After(now.Add(Tolerance)) {
		return timbre.Errorf(timbre.Unauthorized, op, "the timestamp differs from the current time by more than %s", Tolerance)
	}
	want := []byte(Signature(key, h.Get(HeaderID), at, body))
	for one := range strings.SplitSeq(h.Get(HeaderSignature), " ") {
		if hmac.Equal([]byte(one), want) {
			return nil
		}
	}
	return timbre.Errorf(timbre.Unauthorized, op, "no signature matches")
}
