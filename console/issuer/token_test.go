package issuer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"timbre"
	"timbre/console/issuer/issuertest"
)

type claims = map[string]any

// unsigned is a token of the algorithm none.
func unsigned(_ jose.JSONWebKey, c claims) string {
	payload, _ := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
}

// signedWith is a token by a shared secret.
func signedWith(secret []byte, kid string, c claims) string {
	return issuertest.Signed(jose.JSONWebKey{Key: secret, KeyID: kid, Algorithm: string(jose.HS256)}, c)
}

// foreign signs with a key that the issuer does not publish, under the name of its own.
func foreign(published jose.JSONWebKey, c claims) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	published.Key = key
	return issuertest.Signed(published, c)
}

func TestHostileTokensAreRefused(t *testing.T) {
	soon := time.Now().Add(time.Hour).Unix()
	for name, c := range map[string]struct {
		claims claims
		sign   func(jose.JSONWebKey, claims) string
		claim  string // that is mapped
		says   string
	}{
		"another nonce":           {claims: claims{"nonce": "another"}, says: "another sign-in"},
		"no nonce":                {claims: claims{"nonce": nil}, says: "another sign-in"},
		"another audience":        {claims: claims{"aud": "another"}, says: "audience"},
		"no audience":             {claims: claims{"aud": nil}, says: "audience"},
		"audiences, and no party": {claims: claims{"aud": []string{"another", issuertest.ClientID}}, says: "another client"},
		"another party":           {claims: claims{"azp": "another"}, says: "another client"},
		"a party of no text":      {claims: claims{"azp": []string{issuertest.ClientID}}, says: "another client"},
		"expired":                 {claims: claims{"exp": time.Now().Add(-time.Second).Unix()}, says: "expired"},
		"no expiry":               {claims: claims{"exp": nil}, says: "expired"},
		"not yet valid":           {claims: claims{"nbf": soon}, says: "not before"},
		"another issuer":          {claims: claims{"iss": "https://issuer.example"}, says: "different provider"},
		"no issuer":               {claims: claims{"iss": nil}, says: "different provider"},
		"no subject":              {claims: claims{"sub": nil}, says: "no subject"},
		"an endless subject":      {claims: claims{"sub": strings.Repeat("a", maxSubject+1)}, says: "no subject"},
		"without the claim":       {claim: "groups", says: "has no claim groups"},
		"a claim of no text":      {claim: "groups", claims: claims{"groups": []any{7, nil, ""}}, says: "has no claim groups"},
		"an unmapped claim":       {claims: claims{"sub": "bob"}, says: `no access key is for the claim sub of "bob"`},
		"an address in doubt":     {claim: "email", claims: claims{"email": "ann"}, says: "not verified"},
		"a false address":         {claim: "email", claims: claims{"email": "ann", "email_verified": false}, says: "not verified"},
		"algorithm none":          {sign: unsigned, says: "not valid"},
		"signed with the secret of the client": {sign: func(_ jose.JSONWebKey, c claims) string {
			return signedWith([]byte(strings.Repeat(issuertest.Secret, 3)), "1", c)
		}, says: "not valid"},
		"signed with the public key as secret": {sign: func(k jose.JSONWebKey, c claims) string {
			public, _ := x509.MarshalPKIXPublicKey(k.Public().Key)
			return signedWith(public, k.KeyID, c)
		}, says: "not valid"},
		"signed by another key": {sign: foreign, says: "not valid"},
		"altered": {sign: func(k jose.JSONWebKey, c claims) string {
			parts := strings.Split(issuertest.Signed(k, c), ".")
			c["sub"] = "admins"
			payload, _ := json.Marshal(c)
			return parts[0] + "." + base64.RawURLEncoding.EncodeToString(payload) + "." + parts[2]
		}, says: "not valid"},
		"no token": {sign: func(jose.JSONWebKey, claims) string { return "" }, says: "not valid"},
		"noise":    {sign: func(jose.JSONWebKey, claims) string { return strings.Repeat("x.", 5000) }, says: "not valid"},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTrial(t)
			if c.claim != "" {
				x.cfg.Claim = c.claim
			}
			x.at.Claims, x.at.Sign = c.claims, c.sign
			_, err := x.signIn()
			x.fails(err, timbre.AccessDenied, c.says)
			x.at.Claims, x.at.Sign, x.cfg.Claim = nil, nil, "sub"
			x.accepted("ANNS")
		})
	}
}

func TestTokensAreBounded(t *testing.T) {
	x := newTrial(t)
	x.at.Claims = claims{"groups": strings.Repeat("x", maxAnswer)}
	_, err := x.signIn()
	x.fails(err, timbre.Unavailable, "too large")
}

// Whose token cannot be looked at has not been refused.
func TestIssuerWithoutItsKeysIsUnavailable(t *testing.T) {
	x := newTrial(t)
	x.at.KeysDown = true
	_, err := x.signIn()
	x.fails(err, timbre.Unavailable, "503")
	x.at.KeysDown = false
	x.accepted("ANNS")
	x.at.KeysDown = true // the keys are known by now
	x.accepted("ANNS")
	x.at.Sign = foreign
	_, err = x.signIn()
	x.fails(err, timbre.Unavailable, "503")
	x.at.KeysDown = false
	_, err = x.signIn()
	x.fails(err, timbre.AccessDenied, "not valid")
}
