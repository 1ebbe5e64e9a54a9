package node

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"timbre"
	"timbre/config"
	"timbre/store"
)

// A webhook that answered 410 gets nothing, until the settings are loaded again or an operator retries its dead letters.
func TestReloadAndRetryBringBackATargetThatWantedNoMore(t *testing.T) {
	var gone atomic.Bool
	served := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if gone.Load() {
			w.WriteHeader(http.StatusGone)
		}
		served <- r.Header.Get("Webhook-Id")
	}))
	defer server.Close()
	n, _ := reloadable(t)
	s := n.settings
	s.Notify.Webhooks = []config.Webhook{{Name: "crm", URL: server.URL, Secret: s.Notify.Webhooks[0].Secret}}
	in := &testNode{Node: n, t: t}
	in.must(n.Reload(s))
	n.store.Observe(store.Observers{Posted: func(targets []string) { n.notices.Wake(targets...) }})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); n.notices.Run(ctx) }()
	defer func() { cancel(); <-done }()

	post := func(id string) {
		in.must(n.store.Post(t.Context(), []timbre.Notice{{ID: id, Key: id, Target: n.settings.WebhookARN("crm"), Payload: []byte(`{}`), Created: time.Now()}}))
	}
	arrives := func(want string) {
		t.Helper()
		select {
		case got := <-served:
			if got != want {
				t.Fatalf("got %s, want %s", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s has not arrived", want)
		}
	}
	bury := func(id string) {
		t.Helper()
		gone.Store(true)
		post(id)
		arrives(id)
		for dead := 0; dead == 0; {
			depths, err := n.store.Depths(t.Context())
			in.must(err)
			for _, d := range depths {
				dead += d.Dead
			}
		}
		gone.Store(false)
	}
	bury("n1")
	in.must(n.Reload(s))
	post("n2")
	arrives("n2")
	_, err := n.store.DropLetters(t.Context(), timbre.LetterFilter{})
	in.must(err)
	bury("n3")
	token, err := OperatorToken(n.settings)
	in.must(err)
	in.asked("retry", token, "{}", nil)
	arrives("n3")
}
