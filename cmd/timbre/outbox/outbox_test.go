package outbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"timbre"
)

func TestListShowsStateAndLastError(t *testing.T) {
	var path, token, body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, token = r.URL.Path, r.Header.Get("Authorization")
		b := make([]byte, 1000)
		n, _ := r.Body.Read(b)
		body = string(b[:n])
		_, _ = w.Write([]byte(`[{"Seq":7,"Key":"task","Target":"arn:q","Tries":5,"Dead":true,"Death":{"Cause":"refused","Error":"403\nno"}}]`))
	}))
	defer server.Close()
	var out strings.Builder
	if err := (View{Of: Server{Admin: server.URL, Token: "secret"}, Out: &out}).List(t.Context(), timbre.LetterFilter{Target: "arn:q"}); err != nil {
		t.Fatal(err)
	}
	if path != "/outbox/list" || token != "Bearer secret" || !strings.Contains(body, `"Target":"arn:q"`) {
		t.Errorf("got a request for %s with %q and %s", path, token, body)
	}
	for _, want := range []string{"7", "arn:q", "dead: refused", "403 no"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%s\nwant %q in it", out.String(), want)
		}
	}
}

func TestErrorsOfTheServerAreTold(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the token is missing or wrong", http.StatusUnauthorized)
	}))
	err := (View{Of: Server{Admin: server.URL}}).Drop(t.Context(), timbre.LetterFilter{})
	if err == nil || !strings.Contains(err.Error(), "401: the token is missing or wrong") {
		t.Errorf("got %v, want the server's words", err)
	}
	server.Close()
	if err := (View{Of: Server{Admin: server.URL}}).Drop(t.Context(), timbre.LetterFilter{}); timbre.KindOf(err) != timbre.Unavailable {
		t.Errorf("without a server: got %v, want Unavailable", err)
	}
}

func TestTargetsShowHowDeliveriesGo(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`[{"Target":"arn:q","Waiting":9,"Delivery":"backing off","Failures":4,"Next":"2026-01-02T03:04:05Z","Error":"no\nroute"},
			{"Target":"arn:r","Dead":2,"Delivery":"works"},{"Target":"arn:s"}]`))
	}))
	defer server.Close()
	var out strings.Builder
	if err := (View{Of: Server{Admin: server.URL}, Out: &out}).Targets(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"backing off until 2026-01-02T03:04:05Z  4", "no route", "works", "no server runs"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%s\nwant %q in it", out.String(), want)
		}
	}
}
