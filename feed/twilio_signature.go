package feed

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio signs with it, and HMAC does not need that collisions are hard to find
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"net/http"
	"strings"
	"time"
)

const twilioHeader = "X-Twilio-Signature"

// twilioSigner is the HMAC of the URL with the auth token as its key. Of WebSockets Twilio signs the URL with a slash at its end, or
// without, as it was called.
var twilioSigner = &signer{
	signed: func(h http.Header) bool { return h.Get(twilioHeader) != "" },
	made: func(r *http.Request, secret string, _ time.Time) bool {
		given, err := base64.StdEncoding.DecodeString(r.Header.Get(twilioHeader))
		algorithm := map[int]func() hash.Hash{sha1.Size: sha1.New, sha256.Size: sha256.New}[len(given)]
		if err != nil || algorithm == nil {
			return false
		}
		for _, url := range calledURLs(r, "wss", "https") {
			for _, end := range []string{"", "/"} {
				if hmac.Equal(given, mac(algorithm, secret, strings.TrimSuffix(url, "/")+end)) {
					return true
				}
			}
		}
		return false
	},
}

// mac is the HMAC of a text.
func mac(algorithm func() hash.Hash, secret, text string) []byte {
	m := hmac.New(algorithm, []byte(secret))
	m.Write([]byte(text))
	return m.Sum(nil)
}
