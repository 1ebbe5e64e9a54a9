package issuer

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"timbre"
	"timbre/console"
	"timbre/console/issuer/issuertest"
	"timbre/environment"
)

const redirect = "http://127.0.0.1:9090" + console.CallbackPath

var challenge = console.Challenge{State: "state", Nonce: "nonce", Verifier: strings.Repeat("verifier", 6)}

// trial is an Issuer of this package at one of the test's own.
type trial struct {
	*Issuer
	t      *testing.T
	at     *issuertest.Issuer
	steady time.Time
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	x := &trial{t: t, at: issuertest.New(t, redirect), steady: time.Now()}
	x.Issuer = New(environment.Environment{Steady: func() time.Time { return x.steady }}, Config{
		URL: x.at.URL, ClientID: issuertest.ClientID, Redirect: redirect, Secret: func() (string, error) { return issuertest.Secret, nil },
		Scopes: []string{"email"}, Claim: "sub", Users: []User{{"ann", "ANNS"}, {"admins", "ADMIN"}, {"viewers", "VIEWER"}},
	})
	return x
}

// leave returns what the browser comes back with.
func (x *trial) leave() (url.Values, error) {
	x.t.Helper()
	address, err := x.Address(x.t.Context(), challenge)
	if err != nil {
		return nil, err
	}
	back, err := url.Parse(x.at.Authorize(address))
	if err != nil {
		x.t.Fatal(err)
	}
	return back.Query(), nil
}

func (x *trial) signIn() (console.Person, error) {
	x.t.Helper()
	answer, err := x.leave()
	if err != nil {
		return console.Person{}, err
	}
	return x.Redeem(x.t.Context(), answer, challenge)
}

// accepted fails the test unless the person signs in with a key.
func (x *trial) accepted(key string) {
	x.t.Helper()
	if got, err := x.signIn(); err != nil || got != (console.Person{Subject: "ann", KeyID: key}) {
		x.t.Errorf("got %+v, %v, want ann with the key %s", got, err, key)
	}
}

// fails checks the kind and the words of an error.
func (x *trial) fails(err error, kind timbre.Kind, words string) {
	x.t.Helper()
	if err == nil || timbre.KindOf(err) != kind || !strings.Contains(err.Error(), words) || len(err.Error()) > 1000 {
		x.t.Errorf("got %v, want kind %v and %q", err, kind, words)
	}
}

func TestIssuerSignsIn(t *testing.T) {
	x := newTrial(t)
	address, err := x.Address(t.Context(), challenge)
	u, parsed := url.Parse(address)
	if err != nil || parsed != nil {
		t.Fatal(err, parsed)
	}
	for name, want := range map[string]string{"scope": "openid email", "state": "state", "nonce": "nonce", "code_challenge_method": "S256"} {
		if got := u.Query().Get(name); got != want {
			t.Errorf("got %s %q, want %q", name, got, want)
		}
	}
	if strings.Contains(address, challenge.Verifier) || strings.Contains(address, url.QueryEscape(issuertest.Secret)) {
		t.Errorf("got a secret in %s", address)
	}
	x.accepted("ANNS")
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	x.at.Key = jose.JSONWebKey{Key: key, KeyID: "2", Algorithm: string(jose.RS256), Use: "sig"} // a new key counts at once
	x.accepted("ANNS")
}

func TestFirstUserThatMatchesDecides(t *testing.T) {
	x := newTrial(t)
	x.cfg.Claim = "groups"
	x.at.Claims = map[string]any{"groups": []any{"others", 7, "viewers", "admins"}}
	x.accepted("ADMIN")
	x.at.Claims = map[string]any{"groups": "viewers"}
	x.accepted("VIEWER")
	x.cfg.Claim, x.cfg.Users = "email", []User{{"ann@example.com", "ANNS"}}
	x.at.Claims = map[string]any{"email": "ann@example.com", "email_verified": true}
	x.accepted("ANNS")
}

func TestWrongAnswersAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(x *trial, answer url.Values)
		says   string
	}{
		"of the person's refusal":              {func(_ *trial, a url.Values) { a.Set("error", "access_denied") }, "access_denied"},
		"without a code":                       {func(_ *trial, a url.Values) { a.Del("code") }, "no code"},
		"with a code of nobody":                {func(_ *trial, a url.Values) { a.Set("code", "x") }, "does not take the code"},
		"with a code that is used":             {func(x *trial, a url.Values) { _, _ = x.Redeem(x.t.Context(), a, challenge) }, "does not take the code"},
		"of another issuer":                    {func(_ *trial, a url.Values) { a.Set("iss", "https://issuer.example") }, "another issuer"},
		"of an issuer that should name itself": {func(x *trial, _ url.Values) { x.found.named = true }, "another issuer"},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTrial(t)
			answer, err := x.leave()
			if err != nil {
				t.Fatal(err)
			}
			c.change(x, answer)
			_, err = x.Redeem(t.Context(), answer, challenge)
			x.fails(err, timbre.AccessDenied, c.says)
		})
	}
	t.Run("to who has not begun it", func(t *testing.T) {
		x := newTrial(t)
		answer, err := x.leave()
		if err != nil {
			t.Fatal(err)
		}
		_, err = x.Redeem(t.Context(), answer, console.Challenge{State: "state", Nonce: "nonce", Verifier: strings.Repeat("another!", 6)})
		x.fails(err, timbre.AccessDenied, "does not take the code")
	})
}

func TestIssuerThatIsDownIsAskedAgainLater(t *testing.T) {
	x := newTrial(t)
	x.at.Down = true
	asked := func(want int) {
		t.Helper()
		_, err := x.Address(t.Context(), challenge)
		x.fails(err, timbre.Unavailable, "503")
		if x.at.Asked != want {
			t.Fatalf("got %d requests, want %d", x.at.Asked, want)
		}
	}
	asked(1)
	for i, wait := range []time.Duration{firstRetry, 2 * firstRetry, 4 * firstRetry} {
		x.steady = x.steady.Add(wait - 1)
		asked(i + 1)
		x.steady = x.steady.Add(1)
		asked(i + 2)
	}
	x.steady = x.steady.Add(lastRetry)
	x.at.Down = false
	x.accepted("ANNS")
	x.accepted("ANNS")
	x.steady = x.steady.Add(lasts)
	x.accepted("ANNS")
	if x.at.Asked != 6 {
		t.Errorf("got %d requests, want one when it is up, and one an hour later", x.at.Asked-4)
	}
	x.at.Down = true
	_, err := x.signIn()
	x.fails(err, timbre.Unavailable, "redeem")
}

func TestIssuerThatLiesAboutItselfIsNotUsed(t *testing.T) {
	for name, c := range map[string]struct {
		says map[string]any
		want string
	}{
		"another issuer":                 {map[string]any{"issuer": "https://issuer.example"}, "did not match"},
		"an endpoint in the clear":       {map[string]any{"token_endpoint": "http://169.254.169.254/token"}, "not as secure"},
		"keys in the clear":              {map[string]any{"jwks_uri": "http://issuer.example/keys"}, "not as secure"},
		"no address":                     {map[string]any{"authorization_endpoint": "javascript:alert(1)"}, "not as secure"},
		"no endpoint":                    {map[string]any{"token_endpoint": nil}, "not as secure"},
		"a client without secret":        {map[string]any{"token_endpoint_auth_methods_supported": []string{"none"}}, "no client secret"},
		"more than the bound of answers": {map[string]any{"x": strings.Repeat("x", maxAnswer)}, "too large"},
		"another type":                   {map[string]any{"issuer": 7}, "decode"},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTrial(t)
			x.at.Says = c.says
			_, err := x.signIn()
			x.fails(err, timbre.Unavailable, c.want)
		})
	}
}

// transport answers requests itself.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func TestIssuerThatHangsOrLeadsElsewhereIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		x := &trial{t: t, Issuer: New(environment.Environment{}, Config{URL: "https://issuer.example", Transport: transport(func(r *http.Request) (*http.Response, error) {
			if asked = append(asked, r.URL.Host); len(asked) == 1 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			if r.URL.Host != "issuer.example" {
				return nil, errors.New("it was followed")
			}
			return &http.Response{StatusCode: http.StatusFound, Status: "302 Found", Header: http.Header{"Location": {"https://elsewhere.example/"}}, Body: http.NoBody}, nil
		})})}
		began := time.Now()
		_, err := x.Address(t.Context(), challenge)
		x.fails(err, timbre.Unavailable, "deadline")
		if took := time.Since(began); took != patience {
			t.Errorf("got an answer after %v, want %v", took, patience)
		}
		<-time.After(firstRetry)
		_, err = x.Address(t.Context(), challenge)
		x.fails(err, timbre.Unavailable, "302")
		if !slices.Equal(asked, []string{"issuer.example", "issuer.example"}) {
			t.Errorf("got requests to %v, want two to the issuer", asked)
		}
	})
}

func TestClientHasToProveItself(t *testing.T) {
	x := newTrial(t)
	x.cfg.Secret = func() (string, error) { return "another", nil }
	_, err := x.signIn()
	x.fails(err, timbre.Unavailable, "invalid_client")
	x.cfg.Secret = func() (string, error) { return "", errors.New("the file is gone") }
	_, err = x.signIn()
	x.fails(err, timbre.Unavailable, "the file is gone")
	x.cfg.Secret = func() (string, error) { return issuertest.Secret, nil } // the file is read again
	x.accepted("ANNS")
}
