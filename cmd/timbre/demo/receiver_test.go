package demo

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestWebhookTakesSignedEventsOnce(t *testing.T) {
	r, err := receive("secret", Config{Verify: verify, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { check(t, r.Close()) }()
	for _, c := range []struct {
		body, signed string
		status       int
	}{
		{`{"id":"1","detail":{"transactionId":"a"}}`, "yes", http.StatusNoContent},
		{`{"id":"1","detail":{"transactionId":"a"}}`, "yes", http.StatusNoContent},
		{`{"id":"2","detail":{"callDetails":{"transactionId":"a"}}}`, "yes", http.StatusNoContent},
		{`{"id":"3","detail":{"transactionId":"a"}}`, "no", http.StatusUnauthorized},
		{`{"detail":{"transactionId":"a"}}`, "yes", http.StatusBadRequest},
		{`{`, "yes", http.StatusBadRequest},
		{`"` + strings.Repeat("x", largestEvent) + `"`, "yes", http.StatusBadRequest},
	} {
		req, _ := http.NewRequest(http.MethodPost, r.url, strings.NewReader(c.body))
		req.Header.Set("signed", c.signed)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != c.status {
			t.Errorf("%.60s: %s", c.body, res.Status)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	first, next, err := r.inbox.next(ctx, "a", 0)
	second, next, err2 := r.inbox.next(ctx, "a", next)
	if first.ID != "1" || second.ID != "2" || err != nil || err2 != nil {
		t.Errorf("%v %v", first, second)
	}
	cancel()
	if _, _, err := r.inbox.next(ctx, "a", next); err == nil {
		t.Error("there is a third event")
	}
}
