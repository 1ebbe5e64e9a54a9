package node

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre/config"
	"timbre/console"
	"timbre/console/issuer/issuertest"
	"timbre/environment"
)

const home = "http://127.0.0.1:9090"

// federated is a browser at a server whose console has an issuer.
func federated(t *testing.T) (*browser, *issuertest.Issuer) {
	t.Helper()
	at := issuertest.New(t, home+console.CallbackPath)
	s := embeddable(t)
	s.Admin.OIDC = config.OIDC{
		Issuer: at.URL, ClientID: issuertest.ClientID, Secret: filepath.Join(s.Data, "secret"), URL: home, Claim: "sub",
		Users: []config.Mapping{{Value: "ann", KeyID: "AKIDLISTER"}, {Value: "bob", KeyID: "AKIDALL"}},
	}
	if err := os.WriteFile(s.Admin.OIDC.Secret, []byte(issuertest.Secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	n := newNode(environment.Environment{}, s)
	t.Cleanup(n.close)
	at.Down = true // which no start minds
	if err := n.assemble(t.Context()); err != nil {
		t.Fatal(err)
	}
	at.Down = false
	return browse(t, n), at
}

// signInAt signs in by the issuer, as a browser does that follows its links.
func (b *browser) signInAt(at *issuertest.Issuer) (to string) {
	b.Helper()
	b.cookie = nil
	w := b.ask("GET", "/console/oidc", "", "Origin", "", "Sec-Fetch-Site", "same-origin")
	if w.Code != http.StatusSeeOther || len(w.Result().Cookies()) != 1 {
		b.Fatalf("got status %d, want 303 and a cookie: %s", w.Code, w.Body)
	}
	b.cookie = w.Result().Cookies()[0]
	back, err := url.Parse(at.Authorize(w.Header().Get("Location")))
	b.must(err)
	w = b.ask("GET", back.RequestURI(), "", "Origin", "", "Sec-Fetch-Site", "cross-site")
	b.cookie = nil
	for _, c := range w.Result().Cookies() {
		if c.MaxAge > 0 {
			b.cookie = c
		}
	}
	if w.Code != http.StatusSeeOther {
		b.Fatalf("got status %d, want 303: %s", w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

func TestConsoleSignsInByAnIssuer(t *testing.T) {
	b, at := federated(t)
	if to := b.signInAt(at); to != "/" || b.cookie == nil {
		t.Fatalf("got sent to %q with cookie %v, want the page and a session", to, b.cookie)
	}
	for path, want := range map[string]int{"/console/calls": 200, "/calls": 200, "/calls?numbers=show": 403, "/console/keys": 403, "/console/api/voice-profile-domains": 403} {
		if got := b.ask("GET", path, ""); got.Code != want {
			t.Errorf("%s: got status %d, want %d", path, got.Code, want)
		}
	}
	session := b.cookie
	at.Claims = map[string]any{"sub": "eve"}
	if to := b.signInAt(at); to != "/?oidc=refused" || b.cookie != nil {
		t.Errorf("got sent to %q with cookie %v, want nobody signed in whom the settings do not name", to, b.cookie)
	}
	b.must(os.WriteFile(filepath.Join(b.node.settings.Data, "credentials"), []byte(strings.Replace(signed, "AKIDLISTER", "AKIDANOTHER", 1)), 0o600))
	b.cookie = session
	if got := b.ask("GET", "/console/calls", ""); got.Code != http.StatusUnauthorized {
		t.Errorf("got status %d after the key has left the file, want 401", got.Code)
	}
	at.Claims = nil
	if to := b.signInAt(at); to != "/?oidc=refused" {
		t.Errorf("got sent to %q with a key that has left the file", to)
	}
}

func TestOnlyTheCallbackOfTheIssuerIsOpenToOtherSites(t *testing.T) {
	b, _ := federated(t)
	foreign := []string{"Origin", "", "Sec-Fetch-Site", "cross-site"}
	for path, want := range map[string]int{
		console.CallbackPath: 303, "/console/oidc": 403, "/console/session": 403, console.CallbackPath + "/": 403,
	} {
		if got := b.ask("GET", path, "", foreign...); got.Code != want {
			t.Errorf("GET %s: got status %d, want %d", path, got.Code, want)
		}
	}
	if got := b.ask("POST", console.CallbackPath, "", foreign...); got.Code != http.StatusForbidden {
		t.Errorf("POST: got status %d, want 403", got.Code)
	}
	for _, query := range []string{"", "?state=&code=x", "?state=x&code=y&iss=https://issuer.example", "?error=x&redirect_uri=https://elsewhere.example/", "?state=%2f%2felsewhere.example"} {
		got := b.ask("GET", console.CallbackPath+query, "", foreign...)
		if to := got.Header().Get("Location"); to != "/?oidc=expired" || len(got.Result().Cookies()) > 0 {
			t.Errorf("%s: got sent to %q with cookies %v", query, to, got.Result().Cookies())
		}
	}
}

func TestUnusableClientSecretIsRefusedAtStart(t *testing.T) {
	s := embeddable(t)
	o := &s.Admin.OIDC
	o.Issuer, o.ClientID, o.Secret, o.URL, o.Users = "https://issuer.example", "x", filepath.Join(s.Data, "secret"), home, []config.Mapping{{Value: "ann", KeyID: "AKIDALL"}}
	for text, mode := range map[string]os.FileMode{"": 0o600, "a secret": 0o644, strings.Repeat("x", 5000): 0o600} {
		_ = os.Remove(o.Secret)
		if err := os.WriteFile(o.Secret, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		n, err := New(t.Context(), environment.Environment{}, s)
		if err == nil {
			n.close()
		}
		if err == nil || !strings.Contains(err.Error(), "admin.oidc.client_secret_file: ") {
			t.Errorf("%.10s, mode %o: got %v", text, mode, err)
		}
	}
}
