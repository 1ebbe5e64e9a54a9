package feed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"
)

// plivoHeaders carry signatures, of the account's and of the main account's token, separated by commas while a token is replaced.
var plivoHeaders = []string{"X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3"}

// plivoSigner is the HMAC-SHA256 of the URL, its parameters in order, and a nonce, with the auth token as its key. Plivo signs a WebSocket's
// URL as that of an HTTP request.
var plivoSigner = &signer{
	signed: func(h http.Header) bool {
		return slices.ContainsFunc(plivoHeaders, func(name string) bool { return h.Get(name) != "" })
	},
	made: func(r *http.Request, secret string, _ time.Time) bool {
		nonce := r.Header.Get("X-Plivo-Signature-V3-Nonce")
		var given []string
		for _, name := range plivoHeaders {
			given = append(given, strings.Split(r.Header.Get(name), ",")...)
		}
		return nonce != "" && slices.ContainsFunc(calledURLs(r, "http", "https", "ws", "wss"), func(url string) bool {
			want := []byte(base64.StdEncoding.EncodeToString(mac(sha256.New, secret, inOrder(url)+"."+nonce)))
			return slices.ContainsFunc(given, func(one string) bool { return hmac.Equal([]byte(strings.TrimSpace(one)), want) })
		})
	},
	once: func(r *http.Request, connectorID string, now time.Time) *once {
		nonce := "plivo\n" + connectorID + "\n" + r.Header.Get("X-Plivo-Signature-V3-Nonce")
		return &once{nonce: nonce, made: now, until: now.Add(plivoLife), undated: true}
	},
}

// plivoLife is how long nonces of Plivo are remembered, whose signatures have no time.
const plivoLife = 24 * time.Hour

// inOrder is a URL with its parameters in alphabetic order.
func inOrder(url string) string {
	path, query, has := strings.Cut(url, "?")
	if !has {
		return url
	}
	parameters := strings.Split(query, "&")
	slices.Sort(parameters)
	return path + "?" + strings.Join(parameters, "&")
}
