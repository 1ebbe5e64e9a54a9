package feed

import (
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre/environment"
)

func TestSourceWithTooManyWrongPasswordsMayTryNone(t *testing.T) {
	const most = 10
	now := time.Unix(1000, 0)
	b := startIn(t, environment.Environment{Steady: func() time.Time { return now }}, Config{}, allKinds())
	enter := func(name, path string, want int, header func(http.Header)) {
		t.Helper()
		if got := b.status(path, header); got != want {
			t.Errorf("%s: got status %d, want %d", name, got, want)
		}
	}
	for range most {
		enter("wrong password", "/feed/far", http.StatusForbidden, as("ann", "a guess"))
	}
	enter("one more", "/feed/far", http.StatusTooManyRequests, as("ann", "a guess"))
	enter("the right password", "/feed/far", http.StatusTooManyRequests, as("ann", "good: password"))
	if got := testutil.ToFloat64(b.server.metrics.refused.WithLabelValues("guessing")); got != 2 {
		t.Errorf("got %v refusals counted, want 2", got)
	}
	enter("an allowed source", "/feed/near", http.StatusSwitchingProtocols, as("ann", "a guess"))
	enter("no password", "/feed/far", http.StatusForbidden, nil)
	now = now.Add(time.Minute)
	enter("a minute later", "/feed/far", http.StatusSwitchingProtocols, as("ann", "good: password"))
}
