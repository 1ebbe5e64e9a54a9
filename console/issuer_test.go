package console

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"timbre"
)

const atIssuer = "https://issuer.example/authorize?state="

func (f *fakes) Address(_ context.Context, c Challenge) (string, error) {
	return atIssuer + c.State, f.fault
}

func (f *fakes) Redeem(context.Context, url.Values, Challenge) (Person, error) {
	return f.person, f.fault
}

// leave leaves for the issuer, with whose state the browser comes back.
func (f *fakes) leave() (state string) {
	f.t.Helper()
	f.cookie = nil
	answer := f.ask(http.MethodGet, "/console/oidc", "")
	f.want(http.StatusSeeOther, answer)
	state, ok := strings.CutPrefix(answer.Header.Get("Location"), atIssuer)
	if !ok || len(answer.Cookies()) != 1 {
		f.t.Fatalf("got Location %q and cookies %v, want the issuer, and a cookie", answer.Header.Get("Location"), answer.Cookies())
	}
	f.cookie = answer.Cookies()[0]
	return state
}

// come comes back from the issuer, and returns where the browser is sent then. The session is the one that later requests carry.
func (f *fakes) come(state string) (to string) {
	f.t.Helper()
	answer := f.ask(http.MethodGet, CallbackPath+"?code=x&state="+url.QueryEscape(state), "")
	f.want(http.StatusSeeOther, answer)
	for _, c := range answer.Cookies() {
		if c.Name == sessionCookie.name {
			f.cookie = c
		}
	}
	return answer.Header.Get("Location")
}

// signInAs signs a person in by the issuer.
func (f *fakes) signInAs(subject, key string) (to string) {
	f.t.Helper()
	f.person = Person{Subject: subject, KeyID: key}
	return f.come(f.leave())
}

func TestIssuerSignsInWithTheRightsOfAKey(t *testing.T) {
	f := newFakes(t)
	state := f.leave()
	if c := f.cookie; !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 600 || len(c.Value) < 40 || c.Value == state {
		t.Errorf("got cookie %v, want a secret of its own, HttpOnly, SameSite=Lax, for ten minutes", c)
	}
	f.person = Person{Subject: "ann", KeyID: "LISTER"}
	if to := f.come(state); to != "/" {
		t.Errorf("got sent to %q, want the page", to)
	}
	if c := f.cookie; c.Name != sessionCookie.name || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode {
		t.Errorf("got cookie %v, want that of a session", c)
	}
	var got sessionOf
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/session", ""), &got)
	if got.KeyID != "LISTER" || !slices.Equal(got.Rights, []string{timbre.ActionListCalls}) {
		t.Errorf("got session %+v, want that of the key", got)
	}
	f.want(http.StatusForbidden, f.ask(http.MethodGet, "/console/keys", ""))
	if f.used["LISTER"] == 0 {
		t.Error("got no use of the key noted")
	}
}

func TestAnswerOfTheIssuerIsForTheBrowserThatLeftAndCountsOnce(t *testing.T) {
	f := newFakes(t)
	f.person = Person{Subject: "ann", KeyID: "ALL"}
	expired := func(state string) {
		t.Helper()
		if to := f.come(state); to != "/?oidc=expired" || f.cookie != nil && f.cookie.Name == sessionCookie.name {
			t.Errorf("got sent to %q with cookie %v, want no session", to, f.cookie)
		}
	}
	state := f.leave()
	own := f.cookie
	expired("another")
	expired("")
	f.cookie = nil
	expired(state) // in a browser that has not left
	f.leave()
	expired(state) // in one that has left for another answer
	f.cookie = own
	if to := f.come(state); to != "/" {
		t.Errorf("got sent to %q, want the page: what others ask for takes nothing away", to)
	}
	f.cookie = own
	expired(state) // again
	state = f.leave()
	f.later(pendingLimit)
	expired(state)
	if f.wrong != 0 {
		t.Errorf("got %d wrong sign-ins, want none counted for what other sites can ask for", f.wrong)
	}
}

func TestWhomTheIssuerGivesNoKeyIsRefused(t *testing.T) {
	f := newFakes(t)
	f.change("EXPIRED", func(k *timbre.Key) { *k = timbre.Key{ID: "EXPIRED", Expires: time.Now().Add(-time.Minute)} })
	f.change("ELSEWHERE", func(k *timbre.Key) {
		*k = timbre.Key{ID: "ELSEWHERE", Sources: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}
	})
	for _, key := range []string{"REMOVED", "EXPIRED", "ELSEWHERE", ""} {
		if to := f.signInAs("ann", key); to != "/?oidc=refused" {
			t.Errorf("key %q: got sent to %q", key, to)
		}
	}
	state := f.leave()
	f.fault = timbre.Errorf(timbre.AccessDenied, "", "the ID token is not valid")
	if to := f.come(state); to != "/?oidc=refused" || f.wrong != 5 {
		t.Errorf("got sent to %q after %d wrong sign-ins, want 5", to, f.wrong)
	}
	f.fault = nil
	state = f.leave()
	f.fault = timbre.Errorf(timbre.Unavailable, "", "the issuer is down")
	if to := f.come(state); to != "/?oidc=unavailable" || f.wrong != 5 {
		t.Errorf("got sent to %q after %d wrong sign-ins, want an issuer that is down not counted", to, f.wrong)
	}
	if to := f.ask(http.MethodGet, "/console/oidc", "").Header.Get("Location"); to != "/?oidc=unavailable" {
		t.Errorf("got sent to %q, want the page", to)
	}
	f.fault = nil
	f.wrong = 20
	if to := f.signInAs("ann", "ALL"); to != "/?oidc=throttled" {
		t.Errorf("got sent to %q after too many wrong sign-ins", to)
	}
}

func TestSessionOfAPersonEndsWithTheKey(t *testing.T) {
	for name, change := range map[string]func(*timbre.Key){
		"removed":      func(k *timbre.Key) { *k = timbre.Key{} },
		"other rights": func(k *timbre.Key) { k.Grants = []timbre.Grant{{Action: "timbre:*", Resource: "*"}} },
		"expired":      func(k *timbre.Key) { k.Expires = time.Now().Add(-time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakes(t)
			f.signInAs("ann", "ALL")
			f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls", ""))
			f.change("ALL", change)
			f.want(http.StatusUnauthorized, f.ask(http.MethodGet, "/console/calls", ""))
		})
	}
}

func TestPeopleOfOneKeyEndOnlyTheirOwnSessions(t *testing.T) {
	f := newFakes(t)
	f.signInAs("first", "ALL")
	first := f.cookie
	f.signIn("ALL")
	own := f.cookie
	for i := range sessionsOf + 1 {
		f.later(time.Second)
		f.signInAs(strconv.Itoa(i), "ALL")
		f.signInAs("busy", "ALL")
	}
	for _, c := range []*http.Cookie{first, own} {
		f.cookie = c
		f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls", ""))
	}
	if got, want := len(f.sessions.byID), 2+sessionsOf+1+sessionsOf; got != want {
		t.Errorf("got %d sessions, want %d: one person has %d at most", got, want, sessionsOf)
	}
	for i := range sharedBy + 10 {
		f.sessions.begin(f.keys["ALL"], "made up "+strconv.Itoa(i))
	}
	if got, want := len(f.sessions.byID), sharedBy+1; got != want {
		t.Errorf("got %d sessions, want %d: those of people, and the one by the secret", got, want)
	}
}

func TestSignInsThatWaitAreBounded(t *testing.T) {
	f := newFakes(t)
	add := func(source string) (id string, c Challenge) {
		f.later(time.Millisecond)
		c = newChallenge()
		return f.pendings.add(c, netip.MustParseAddr(source)), c
	}
	id, c := add("192.0.2.1")
	for range 3 * pendingOf { // of another host
		add("2001:db8::1")
		add("2001:db8::2")
	}
	if got, want := len(f.pendings.byID), pendingOf+1; got != want {
		t.Errorf("got %d that wait, want %d", got, want)
	}
	if _, ok := f.pendings.take(id, c.State); !ok {
		t.Error("the flood of another host has made one be forgotten")
	}
	for i := range maxPending + 50 {
		add(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}).String())
	}
	if got := len(f.pendings.byID); got != maxPending {
		t.Errorf("got %d that wait, want %d", got, maxPending)
	}
	f.later(pendingLimit)
	add("192.0.2.1")
	if got := len(f.pendings.byID); got != 1 {
		t.Errorf("got %d that wait after the limit, want 1", got)
	}
}

func TestAnotherNameOfTheServerLeadsHome(t *testing.T) {
	f := newFakes(t)
	f.cfg.Home = "https://timbre.example.com"
	answer := f.ask(http.MethodGet, "/console/oidc", "")
	f.want(http.StatusSeeOther, answer)
	if to := answer.Header.Get("Location"); to != "https://timbre.example.com/" || len(answer.Cookies()) > 0 {
		t.Errorf("got sent to %q with cookies %v", to, answer.Cookies())
	}
}

func TestPageIsToldWhetherThereIsAnIssuer(t *testing.T) {
	f := newFakes(t)
	for _, issuer := range []Issuer{f, nil} {
		f.deps.Issuer, f.routes = issuer, http.NewServeMux()
		f.route()
		var got struct{ SignedIn, OIDC bool }
		f.want(http.StatusOK, f.ask(http.MethodGet, "/console/session", ""), &got)
		if got.OIDC != (issuer != nil) || got.SignedIn {
			t.Errorf("got %+v with issuer %v", got, issuer)
		}
	}
	f.want(http.StatusNotFound, f.ask(http.MethodGet, "/console/oidc", ""))
	f.want(http.StatusNotFound, f.ask(http.MethodGet, CallbackPath, ""))
}
