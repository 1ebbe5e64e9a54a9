package demo

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"timbre/notify/webhook"
)

func TestWebhookTakesSignedEventsOnce(t *testing.T) {
	r, err := receive("secret", Config{Verify: webhook.Verify, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { check(t, r.Close()) }()
	for _, c := range []struct {
		body, secret string
		status       int
	}{
		{`{"id":"1","detail":{"transactionId":"a"}}`, "secret", http.StatusNoContent},
		{`{"id":"1","detail":{"transactionId":"a"}}`, "secret", http.StatusNoContent},
		{`{"id":"2","detail":{"callDetails":{"transactionId":"a"}}}`, "secret", http.StatusNoContent},
		{`{"id":"3","detail":{"transactionId":"a"}}`, "another", http.StatusUnauthorized},
		{`{"detail":{"transactionId":"a"}}`, "secret", http.StatusBadRequest},
		{`{`, "secret", http.StatusBadRequest},
		{`"` + strings.Repeat("x", largestEvent) + `"`, "secret", http.StatusBadRequest},
	} {
		if status := send(t, r.url, c.secret, c.body); status != c.status {
			t.Errorf("%.60s: got status %d, want %d", c.body, status, c.status)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	first, next, err := r.inbox.next(ctx, "a", 0)
	second, next, err2 := r.inbox.next(ctx, "a", next)
	if first.ID != "1" || second.ID != "2" || err != nil || err2 != nil {
		t.Errorf("got events %v and %v, errors %v and %v, want 1 and 2", first, second, err, err2)
	}
	cancel()
	if _, _, err := r.inbox.next(ctx, "a", next); err == nil {
		t.Error("got a third event, want none")
	}
}
