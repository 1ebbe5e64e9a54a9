// Package issuertest is an issuer of OpenID Connect on loopback, for tests: with discovery, keys and a token endpoint that holds clients to
// PKCE, their secret and their redirect URI. A test alters what it says.
package issuertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// The client that is registered.
const (
	ClientID = "timbre"
	Secret   = "a client secret"
)

// Issuer is one that everybody has signed in to. Its fields are read with each request; a test changes them between requests.
type Issuer struct {
	*httptest.Server
	Redirect string                                       // URI that is registered
	Key      jose.JSONWebKey                              // signs, and is published
	Claims   map[string]any                               // of the person, over those of every token; nil values take one out
	Sign     func(jose.JSONWebKey, map[string]any) string // nil: as it should be
	Says     map[string]any                               // over what the discovery document says
	Down     bool                                         // answers every request with 503
	KeysDown bool                                         // answers requests for its keys with 503
	Asked    int                                          // requests for the discovery document

	t     *testing.T
	mu    sync.Mutex
	codes map[string]url.Values // authorization requests by their codes
}

// New starts an Issuer that signs with ES256.
func New(t *testing.T, redirect string) *Issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &Issuer{Redirect: redirect, Key: jose.JSONWebKey{Key: key, KeyID: "1", Algorithm: string(jose.ES256), Use: "sig"}, t: t, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.Key.Public()}})
	})
	mux.HandleFunc("POST /token", i.token)
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		if strings.HasPrefix(r.URL.Path, "/.well-known/") {
			i.Asked++
		}
		if i.Down || i.KeysDown && r.URL.Path == "/keys" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.Close)
	return i
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	says := map[string]any{
		"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"none", "HS256", i.Key.Algorithm}, "response_types_supported": []string{"code"},
	}
	for name, value := range i.Says {
		says[name] = value
	}
	answer(w, http.StatusOK, says)
}

// Authorize is what a browser of somebody who has signed in does with the address that a client sends it to: it returns the address that it
// is sent back to.
func (i *Issuer) Authorize(address string) string {
	i.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		i.t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{"client_id": ClientID, "redirect_uri": i.Redirect, "response_type": "code", "code_challenge_method": "S256"} {
		if got := q.Get(name); got != want {
			i.t.Fatalf("got %s %q, want %q", name, got, want)
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	code := rand.Text()
	i.codes[code] = q
	return i.Redirect + "?" + url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
}

// token redeems a code once.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if id != ClientID || secret != url.QueryEscape(Secret) {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	asked, known := i.codes[r.PostFormValue("code")]
	delete(i.codes, r.PostFormValue("code"))
	digest := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(digest[:]) || r.PostFormValue("redirect_uri") != i.Redirect {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	now := time.Now()
	claims := map[string]any{
		"iss": i.URL, "aud": ClientID, "sub": "ann", "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	}
	for name, value := range i.Claims {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	sign := i.Sign
	if sign == nil {
		sign = Signed
	}
	answer(w, http.StatusOK, map[string]any{"access_token": "unused", "token_type": "Bearer", "id_token": sign(i.Key, claims)})
}

// Signed is a token with a signature of a key.
func Signed(key jose.JSONWebKey, claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(key.Algorithm), Key: key}, nil)
	if err != nil {
		panic(err) // a key of a test is wrong
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}
