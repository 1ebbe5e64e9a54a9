package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"timbre"
)

// signed are the keys of the admin port's tests: one that may do everything, one that lists calls, and one for another service's actions.
const signed = `[all]
aws_access_key_id = AKIDALL
aws_secret_access_key = secret
[lister]
aws_access_key_id = AKIDLISTER
aws_secret_access_key = secret
timbre_actions = timbre:ListCalls
[other]
aws_access_key_id = AKIDOTHER
aws_secret_access_key = secret
timbre_actions = chime:*
`

// ask is a request on the admin port.
type ask struct {
	method, path, host, from, token, key string
	headers                              map[string]string
}

func (a ask) of(t *testing.T, h http.Handler) *httptest.ResponseRecorder {
	t.Helper()
	if a.method == "" {
		a.method = http.MethodGet
	}
	r := httptest.NewRequestWithContext(t.Context(), a.method, "http://127.0.0.1:9090"+a.path, strings.NewReader("{}"))
	if a.method == http.MethodGet {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	r.RemoteAddr = "127.0.0.1:40000"
	if a.from != "" {
		r.RemoteAddr = a.from
	}
	if a.host != "" {
		r.Host = a.host
	}
	for name, value := range a.headers {
		r.Header.Set(name, value)
	}
	if a.token != "" {
		r.Header.Set("Authorization", a.token)
	}
	if a.key != "" {
		sum := sha256.Sum256(nil)
		if a.method != http.MethodGet {
			sum = sha256.Sum256([]byte("{}"))
		}
		key := aws.Credentials{AccessKeyID: a.key, SecretAccessKey: "secret"}
		if err := v4.NewSigner().SignHTTP(context.Background(), key, r, hex.EncodeToString(sum[:]), "chime", "us-east-1", time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAdminPortKnowsItsCallers(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		path := filepath.Join(in.settings.Data, "credentials")
		in.must(os.WriteFile(path, []byte(signed), 0o600))
		in.must(in.openCredentials(in.t.Context()))
		in.settings.Admin.Hosts = []string{"timbre.internal"}
		in.settings.Admin.Trust = "loopback"
		token, err := OperatorToken(in.settings)
		in.must(err)
		bearer, far := "Bearer "+token, "198.51.100.7:40000"
		for name, c := range map[string]struct {
			ask  ask
			want int
		}{
			"health from anywhere by any name":    {ask{path: "/healthz", host: "evil.example", from: far}, 200},
			"metrics, local":                      {ask{path: "/metrics"}, 200},
			"metrics, local by name":              {ask{path: "/metrics", host: "localhost:9090"}, 200},
			"metrics, by IPv6":                    {ask{path: "/metrics", host: "[::1]:9090", from: "[::1]:40000"}, 200},
			"metrics, by a name of the settings":  {ask{path: "/metrics", host: "Timbre.Internal.:9090"}, 200},
			"metrics, by a name of another":       {ask{path: "/metrics", host: "evil.example:9090"}, 421},
			"metrics, by another's, with a token": {ask{path: "/metrics", host: "evil.example", token: bearer}, 421},
			"metrics, by no name":                 {ask{path: "/metrics", host: " "}, 421},
			"calls, from a page of another":       {ask{path: "/calls", headers: map[string]string{"Origin": "http://evil.example"}}, 403},
			"calls, from no origin":               {ask{path: "/calls", headers: map[string]string{"Origin": "null"}}, 403},
			"calls, fetched across sites":         {ask{path: "/calls", headers: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 403},
			"calls, typed into a browser":         {ask{path: "/calls", headers: map[string]string{"Sec-Fetch-Site": "none"}}, 200},
			"calls, through a proxy":              {ask{path: "/calls", headers: map[string]string{"X-Forwarded-For": "198.51.100.7"}}, 401},
			"calls, from elsewhere":               {ask{path: "/calls", from: far}, 401},
			"calls, from elsewhere with a token":  {ask{path: "/calls", from: far, token: bearer}, 200},
			"calls, with a wrong token":           {ask{path: "/calls", token: "Bearer x"}, 401},
			"calls, with a password":              {ask{path: "/calls", token: "Basic eDp5"}, 401},
			"calls, signed":                       {ask{path: "/calls", from: far, key: "AKIDALL"}, 200},
			"calls, signed with the right":        {ask{path: "/calls", from: far, key: "AKIDLISTER"}, 200},
			"calls, signed without the right":     {ask{path: "/calls", key: "AKIDOTHER"}, 403},
			"calls, signed by nobody":             {ask{path: "/calls", key: "AKIDNOBODY"}, 401},
			"metrics, signed for calls":           {ask{path: "/metrics", key: "AKIDLISTER"}, 403},
			"numbers, local":                      {ask{path: "/calls?numbers=show"}, 403},
			"numbers, signed for calls":           {ask{path: "/calls?numbers=show", key: "AKIDLISTER"}, 403},
			"numbers, with a token":               {ask{path: "/calls?numbers=show", token: bearer}, 200},
			"outbox, local":                       {ask{method: "POST", path: "/outbox/list"}, 401},
			"outbox, signed":                      {ask{method: "POST", path: "/outbox/list", key: "AKIDALL"}, 200},
			"outbox, signed for calls":            {ask{method: "POST", path: "/outbox/list", key: "AKIDLISTER"}, 403},
			"profiles, local":                     {ask{path: "/debug/pprof/heap"}, 401},
			"profiles, signed for calls":          {ask{path: "/debug/pprof/heap", key: "AKIDLISTER"}, 403},
		} {
			t.Run(name, func(t *testing.T) {
				if got := c.ask.of(t, in.admin()); got.Code != c.want {
					t.Errorf("got %d (%s), want %d", got.Code, got.Body, c.want)
				}
			})
		}
		in.settings.Admin.Trust = "nobody"
		for path, want := range map[string]int{"/healthz": 200, "/metrics": 401, "/calls": 401} {
			if got := (ask{path: path}).of(t, in.admin()); got.Code != want {
				t.Errorf("%s, which trusts nobody: got %d, want %d", path, got.Code, want)
			}
		}
	})
}

func TestReadinessTellsItsReasonToThoseWithTheRight(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		in.ready, in.draining = make(chan struct{}), make(chan struct{})
		close(in.ready)
		close(in.draining)
		in.settings.Admin.Trust = "loopback"
		for from, want := range map[string]string{"127.0.0.1:40000": "draining", "198.51.100.7:40000": "not ready"} {
			got := ask{path: "/readyz", from: from}.of(t, in.admin())
			if got.Code != http.StatusServiceUnavailable || strings.TrimSpace(got.Body.String()) != want {
				t.Errorf("%s: got %d %q, want 503 %q", from, got.Code, got.Body, want)
			}
		}
	})
}

func TestNumbersAreShownUnaskedWhereTheSettingsSaySo(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		call := timbre.Call{TransactionID: "t", CallID: "c", From: "+12065550100", Legs: []timbre.Leg{{Party: "sip:+12065550199@example.com"}}}
		_, _, err := in.calls.Begin(in.t.Context(), call)
		in.must(err)
		in.settings.Admin.Trust = "loopback"
		for setting, want := range map[string]bool{"masked": false, "shown": true} {
			in.settings.Admin.Numbers = setting
			got := ask{path: "/calls"}.of(t, in.admin())
			for _, number := range []string{"2065550100", "2065550199"} {
				if strings.Contains(got.Body.String(), number) != want {
					t.Errorf("%s: got %s, want %s in it: %v", setting, got.Body, number, want)
				}
			}
		}
		in.settings.Admin.Trust = "nobody"
		if got := (ask{path: "/calls"}).of(t, in.admin()); got.Code != http.StatusUnauthorized {
			t.Errorf("got %d for who may not list the calls, want 401", got.Code)
		}
	})
}

func TestNumbersOfLiveCallsAreMasked(t *testing.T) {
	call := timbre.Call{
		TransactionID: "t", CallID: "2065550100-77@pbx.example", From: "+12065550100", To: "sip:(360) 555-0199@192.168.100.200", Group: "206-555-0100@g",
		Warnings: []string{"the number 1.206.555.0100 is odd"}, Legs: []timbre.Leg{{Party: "tel:+1-206-555-0100", Label: "7"}},
	}
	calls := liveCalls([]timbre.Call{call}, func(string) []*timbre.Reception { return nil })
	text, err := json.Marshal(withoutNumbers(calls))
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{"2065550100", "206-555", "206.555", "(360)", "555-01"} {
		if strings.Contains(string(text), number) {
			t.Errorf("got %s, which has %s", text, number)
		}
	}
	for _, kept := range []string{`"from":"+*********00"`, "192.168.100.200", "-77@pbx.example", `"label":"7"`} {
		if !strings.Contains(string(text), kept) {
			t.Errorf("got %s, want %s in it", text, kept)
		}
	}
	if call.Warnings[0] != "the number 1.206.555.0100 is odd" {
		t.Errorf("got the warning of the call itself changed to %q", call.Warnings[0])
	}
}
