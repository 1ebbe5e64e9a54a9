package console

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
)

func TestSignInGivesACookieThatOnlyThisPageSends(t *testing.T) {
	f := newFakes(t)
	var got sessionOf
	f.want(http.StatusOK, f.signIn("LISTER"), &got)
	if got.User != "lister" || got.KeyID != "LISTER" || !slices.Equal(got.Rights, []string{timbre.ActionListCalls}) || got.IdleMs != 900_000 {
		t.Errorf("got session %+v", got)
	}
	if c := f.cookie; c == nil || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || len(c.Value) < 40 {
		t.Errorf("got cookie %v, want HttpOnly, SameSite=Strict and 32 random bytes", c)
	}
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/session", ""), &got)
	f.want(http.StatusNoContent, f.ask(http.MethodDelete, "/console/session", ""))
	f.want(http.StatusUnauthorized, f.ask(http.MethodGet, "/console/calls", ""))
}

// A key is used by who signs in, and by what somebody does at the keyboard: not by a wrong sign-in, nor by a page that is left open.
func TestUseOfAKeyIsNoted(t *testing.T) {
	f := newFakes(t)
	for _, step := range []struct {
		what string
		do   func()
		want int
	}{
		{"a wrong sign-in", func() { f.ask(http.MethodPost, "/console/session", `{"keyId":"LISTER","secret":"secreT"}`) }, 0},
		{"a sign-in", func() { f.signIn("LISTER") }, 1},
		{"a request", func() { f.ask(http.MethodGet, "/console/calls", "") }, 2},
		{"a request of the page alone", func() { f.ask(http.MethodGet, "/console/calls", "", background, "1") }, 2},
	} {
		step.do()
		f.mu.Lock()
		if got := f.used["LISTER"]; got != step.want {
			t.Errorf("after %s: got %d uses, want %d", step.what, got, step.want)
		}
		f.mu.Unlock()
	}
}

func TestWrongSignInsAreRefusedAndThenThrottled(t *testing.T) {
	f := newFakes(t)
	f.change("EXPIRED", func(k *timbre.Key) {
		*k = timbre.Key{ID: "EXPIRED", Secret: "secret", Expires: time.Now().Add(-time.Minute)}
	})
	f.change("ELSEWHERE", func(k *timbre.Key) {
		*k = timbre.Key{ID: "ELSEWHERE", Secret: "secret", Sources: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}
	})
	f.change("TOKEN", func(k *timbre.Key) { *k = timbre.Key{ID: "TOKEN", Secret: "secret", Session: "token"} })
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"unknown key":          {`{"keyId":"NOBODY","secret":"secret"}`, http.StatusUnauthorized},
		"no secret of no key":  {`{}`, http.StatusUnauthorized},
		"wrong secret":         {`{"keyId":"ALL","secret":"secreT"}`, http.StatusUnauthorized},
		"expired":              {`{"keyId":"EXPIRED","secret":"secret"}`, http.StatusUnauthorized},
		"from elsewhere":       {`{"keyId":"ELSEWHERE","secret":"secret"}`, http.StatusUnauthorized},
		"without its token":    {`{"keyId":"TOKEN","secret":"secret"}`, http.StatusUnauthorized},
		"with its token":       {`{"keyId":"TOKEN","secret":"secret","sessionToken":"token"}`, http.StatusOK},
		"no JSON":              {`keyId=ALL`, http.StatusBadRequest},
		"more than a sign-in":  {`{"keyId":"` + strings.Repeat("A", maxProof) + `"}`, http.StatusBadRequest},
		"with what is unknown": {`{"keyId":"ALL","secret":"secret","more":1}`, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) { f.want(c.want, f.ask(http.MethodPost, "/console/session", c.body)) })
	}
	f.wrong = 20
	answer := f.signIn("ALL")
	f.want(http.StatusTooManyRequests, answer)
	if answer.Header.Get("Retry-After") == "" || f.cookie != nil {
		t.Error("got no Retry-After, or a cookie")
	}
}

func TestSessionsEnd(t *testing.T) {
	for name, end := range map[string]func(f *fakes){
		"idle": func(f *fakes) { f.later(idleLimit) },
		"after its time, though it is used": func(f *fakes) {
			for range totalLimit / (10 * time.Minute) {
				f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls", ""))
				f.later(10 * time.Minute)
			}
		},
		"with the key": func(f *fakes) { f.change("ALL", func(k *timbre.Key) { *k = timbre.Key{} }) },
		"with another secret of the key": func(f *fakes) {
			f.change("ALL", func(k *timbre.Key) { k.Secret = "another" })
		},
		"with other rights of the key": func(f *fakes) {
			f.change("ALL", func(k *timbre.Key) { k.Grants = []timbre.Grant{{Action: "timbre:*", Resource: "*"}} })
		},
		"when the key expires": func(f *fakes) {
			f.change("ALL", func(k *timbre.Key) { k.Expires = time.Now().Add(-time.Second) })
		},
		"with too many others of the key": func(f *fakes) {
			first := f.cookie
			f.later(time.Second)
			for range sessionsOf {
				f.want(http.StatusOK, f.signIn("ALL"))
			}
			f.cookie = first
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakes(t)
			f.signIn("ALL")
			f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls", ""))
			end(f)
			f.want(http.StatusUnauthorized, f.ask(http.MethodGet, "/console/calls", ""))
			if n := len(f.sessions.byID); n > sessionsOf {
				t.Errorf("got %d sessions, want %d at most", n, sessionsOf)
			}
		})
	}
}

// What a browser or the page sends without anybody at the keyboard keeps no session alive.
func TestOnlyPeopleKeepASession(t *testing.T) {
	f := newFakes(t)
	f.signIn("ALL")
	f.later(idleLimit - time.Second)
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls", "", background, "1"))
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/live", "", "Accept", "text/event-stream"))
	f.later(time.Second)
	f.want(http.StatusUnauthorized, f.ask(http.MethodGet, "/console/calls", ""))
}

func TestOnlySignInIsAnonymous(t *testing.T) {
	f := newFakes(t)
	for _, path := range []string{
		"GET /console/api/voice-connectors", "GET /console/live", "GET /console/calls", "GET /console/calls/x", "GET /console/calls/x/live",
		"GET /console/calls/x/sip", "GET /console/domains/x/matches", "POST /console/recordings?connector=x", "POST /console/recordings/x/play",
		"DELETE /console/recordings/x", "GET /console/server", "GET /console/keys",
	} {
		t.Run(path, func(t *testing.T) {
			method, path, _ := strings.Cut(path, " ")
			f.cookie = nil
			f.want(http.StatusUnauthorized, f.ask(method, path, ""))
			f.cookie = &http.Cookie{Name: sessionCookie.name, Value: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
			f.want(http.StatusUnauthorized, f.ask(method, path, ""))
		})
	}
	f.cookie = nil
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/session", ""))
}

func TestEachPathNeedsItsRight(t *testing.T) {
	f := newFakes(t)
	f.stored["x"] = timbre.Call{TransactionID: "x", ConnectorID: "abc", Ended: time.Now()}
	for path, right := range map[string]string{
		"GET /console/live": timbre.ActionListCalls, "GET /console/calls": timbre.ActionListCalls, "GET /console/calls/x": timbre.ActionListCalls, "GET /console/calls/x/live": timbre.ActionListCalls,
		"GET /console/calls/x/sip": timbre.ActionListCalls, "GET /console/calls?numbers=show": timbre.ActionGetNumbers, "GET /console/calls?number=1": timbre.ActionGetNumbers, "GET /console/calls/x?numbers=show": timbre.ActionGetNumbers,
		"GET /console/calls/x/sip?numbers=show": timbre.ActionGetNumbers, "GET /console/live?numbers=show": timbre.ActionGetNumbers, "GET /console/calls/x/live?numbers=show": timbre.ActionGetNumbers,
		"GET /console/domains/x/matches": listProfiles, "POST /console/recordings?connector=x": timbre.ActionPlayRecording,
		"GET /console/server": timbre.ActionGetServer, "GET /console/keys": timbre.ActionListKeys,
	} {
		t.Run(path, func(t *testing.T) {
			f.change("LIMITED", func(k *timbre.Key) {
				*k = timbre.Key{ID: "LIMITED", Secret: "secret"}
				for _, other := range []string{timbre.ActionListCalls, timbre.ActionGetNumbers, listProfiles, timbre.ActionPlayRecording, timbre.ActionGetServer, timbre.ActionListKeys, "chime:Get*"} {
					if other != right {
						k.Grants = append(k.Grants, timbre.Grant{Action: other, Resource: "*"})
					}
				}
			})
			f.signIn("LIMITED")
			method, path, _ := strings.Cut(path, " ")
			f.want(http.StatusForbidden, f.ask(method, path, ""))
		})
	}
}

// What changes something needs the word of a browser that a page has sent it.
func TestACookieAloneChangesNothing(t *testing.T) {
	f := newFakes(t)
	f.signIn("ALL")
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		f.want(http.StatusUnauthorized, f.ask(method, "/console/api/voice-profiles/x", "", "Origin", ""))
		f.want(http.StatusOK, f.ask(method, "/console/api/voice-profiles/x", ""))
	}
}

func TestTheAPIIsServedAsTheKey(t *testing.T) {
	f := newFakes(t)
	f.signIn("LISTER")
	var got map[string]string
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/api/voice-connectors/x", ""), &got)
	if want := fmt.Sprint(map[string]string{"path": "/voice-connectors/x", "key": "LISTER"}); fmt.Sprint(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestKeysAreToldWithoutTheirSecrets(t *testing.T) {
	f := newFakes(t)
	f.signIn("ALL")
	answer := f.ask(http.MethodGet, "/console/keys", "")
	var got struct{ Keys []map[string]any }
	f.want(http.StatusOK, answer, &got)
	if len(got.Keys) != 2 || strings.Contains(fmt.Sprint(got), "secret") {
		t.Errorf("got %v, want two keys without secrets", got)
	}
}
