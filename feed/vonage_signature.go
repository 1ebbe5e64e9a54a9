package feed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// vonageLife is how old a token of Vonage may be, and how far the clocks may differ.
const vonageLife = 5 * time.Minute

// vonageSigner is a JSON Web Token (RFC 7519) with an HMAC-SHA256 whose key is the signature secret.
var vonageSigner = &signer{
	signed: func(h http.Header) bool { return strings.Count(bearer(h), ".") == 2 },
	made: func(r *http.Request, secret string, now time.Time) bool {
		parts := strings.Split(bearer(r.Header), ".")
		var header struct{ Alg string }
		var claims struct{ Iat, Exp float64 }
		if len(parts) != 3 || !readPart(parts[0], &header) || !readPart(parts[1], &claims) || header.Alg != "HS256" {
			return false
		}
		given, err := base64.RawURLEncoding.DecodeString(parts[2])
		if err != nil || !hmac.Equal(given, mac(sha256.New, secret, parts[0]+"."+parts[1])) {
			return false
		}
		age := now.Sub(time.Unix(int64(claims.Iat), 0)).Abs()
		return age <= vonageLife && (claims.Exp == 0 || now.Before(time.Unix(int64(claims.Exp), 0)))
	},
	once: func(r *http.Request, _ string, now time.Time) *once {
		var claims struct{ Iat float64 }
		token := bearer(r.Header)
		readPart(strings.Split(token, ".")[1], &claims)
		issued := time.Unix(int64(claims.Iat), 0)
		return &once{nonce: "vonage\n" + token, made: issued, until: issued.Add(vonageLife)}
	},
}

// readPart parses the JSON of a part of a token.
func readPart(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}
