package node

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
)

// browser asks the admin port as a browser does that has signed in.
type browser struct {
	*testing.T
	node   *Node
	cookie *http.Cookie
}

// browse gives a node the keys of signed.
func browse(t *testing.T, n *Node) *browser {
	t.Helper()
	b := &browser{T: t, node: n}
	b.must(os.WriteFile(filepath.Join(n.settings.Data, "credentials"), []byte(signed), 0o600))
	return b
}

func (b *browser) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *browser) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), method, "http://127.0.0.1:9090"+path, strings.NewReader(body))
	r.RemoteAddr = "198.51.100.7:40000"
	r.Header.Set("Origin", "http://127.0.0.1:9090")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.node.admin().ServeHTTP(w, r)
	return w
}

// signIn signs in with a key of signed.
func (b *browser) signIn(key string) {
	b.Helper()
	b.cookie = nil
	w := b.ask(http.MethodPost, "/console/session", `{"keyId":"`+key+`","secret":"secret"}`)
	if w.Code != http.StatusOK || len(w.Result().Cookies()) != 1 {
		b.Fatalf("got status %d of the sign-in, want 200 and a cookie: %s", w.Code, w.Body)
	}
	b.cookie = w.Result().Cookies()[0]
}

func TestConsoleOnTheAdminPort(t *testing.T) {
	b := browse(t, fullNode(t, nil))
	for name, c := range map[string]struct {
		key, method, path string
		headers           []string
		want              int
	}{
		"page":                         {"", "GET", "/", nil, 200},
		"page, by a link of another":   {"", "GET", "/", []string{"Sec-Fetch-Site", "cross-site"}, 200},
		"anything else":                {"", "GET", "/console.go", nil, 404},
		"calls, anonymous":             {"", "GET", "/console/calls", nil, 401},
		"calls":                        {"AKIDLISTER", "GET", "/console/calls", nil, 200},
		"live calls":                   {"AKIDLISTER", "GET", "/calls", nil, 200},
		"numbers, without the right":   {"AKIDLISTER", "GET", "/calls?numbers=show", nil, 403},
		"outbox":                       {"AKIDALL", "POST", "/outbox/list", nil, 200},
		"outbox, without the right":    {"AKIDLISTER", "POST", "/outbox/list", nil, 403},
		"outbox, by a page of another": {"AKIDALL", "POST", "/outbox/list", []string{"Origin", "http://127.0.0.1:3000"}, 403},
		"outbox, by no page":           {"AKIDALL", "POST", "/outbox/list", []string{"Origin", ""}, 401},
		"API":                          {"AKIDALL", "GET", "/console/api/voice-profile-domains", nil, 200},
		"API, without the right":       {"AKIDLISTER", "GET", "/console/api/voice-profile-domains", nil, 403},
		"API, by a page of another":    {"AKIDALL", "POST", "/console/api/voice-profile-domains", []string{"Sec-Fetch-Site", "same-site"}, 403},
		"API, of who signs":            {"AKIDALL", "POST", "/console/api/", nil, 403},
		"server":                       {"AKIDALL", "GET", "/console/server", nil, 200},
		"keys":                         {"AKIDALL", "GET", "/console/keys", nil, 200},
	} {
		t.Run(name, func(t *testing.T) {
			if b.cookie = nil; c.key != "" {
				b.signIn(c.key)
			}
			if got := b.ask(c.method, c.path, "{}", c.headers...); got.Code != c.want {
				t.Errorf("got status %d, want %d: %.200s", got.Code, c.want, got.Body)
			}
		})
	}
}

func TestConsoleTellsOfTheServerAndItsKeys(t *testing.T) {
	b := browse(t, fullNode(t, nil))
	b.signIn("AKIDALL")
	var about struct {
		API    string
		Limits []struct{ Of string }
		Models []struct {
			Kind, Card string
			InUse      bool
		}
	}
	b.must(json.Unmarshal(b.ask("GET", "/console/server", "").Body.Bytes(), &about))
	if about.API != "http://"+b.node.API || len(about.Limits) == 0 {
		t.Errorf("got %+v, want the address and limits", about)
	}
	for _, m := range about.Models {
		if !m.InUse || !strings.HasPrefix(m.Card, "#") {
			t.Errorf("got model %.80v, want it in use, with its card", m)
		}
	}
	var keys struct {
		Keys []struct{ ID, LastUsed string }
	}
	(ask{path: "/calls", key: "AKIDLISTER"}).of(t, b.node.admin())
	b.must(json.Unmarshal(b.ask("GET", "/console/keys", "").Body.Bytes(), &keys))
	if len(keys.Keys) != 3 {
		t.Fatalf("got %+v, want three keys", keys)
	}
	for _, k := range keys.Keys {
		if used := k.LastUsed != ""; used != (k.ID != "AKIDOTHER") {
			t.Errorf("got last use %q of %s", k.LastUsed, k.ID)
		}
	}
}

// What the console shows of an ended call and of a task comes from the stages themselves.
func TestConsoleShowsACall(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		b := browse(in.t, in.Node)
		txid, legs := in.begin(timbre.Caller, timbre.Callee)
		task := in.tone(txid)
		in.media(legs[0], timbre.FrameDuration)
		in.must(in.calls.End(in.t.Context(), txid, ""))
		wait(timbre.FrameDuration)
		b.signIn("AKIDALL")
		var got struct {
			Live   bool
			Call   struct{ TransactionID string }
			Tasks  []struct{ ID, Kind string }
			Events []struct{ Status string }
		}
		in.must(json.Unmarshal(b.ask("GET", "/console/calls/"+txid, "").Body.Bytes(), &got))
		if got.Live || got.Call.TransactionID != txid || len(got.Tasks) != 1 || got.Tasks[0].ID != task.ID || len(got.Events) < 3 {
			t.Errorf("got %+v, want the ended call with its task and events", got)
		}
		var list struct{ Calls []any }
		in.must(json.Unmarshal(b.ask("GET", "/console/calls?outcome=completed", "").Body.Bytes(), &list))
		if len(list.Calls) != 1 {
			t.Errorf("got %d ended calls, want 1", len(list.Calls))
		}
	})
}
