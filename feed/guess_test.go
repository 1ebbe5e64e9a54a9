package feed

import (
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestWhoGuessesPasswordsIsAskedForNoMore(t *testing.T) {
	now := time.Unix(1000, 0)
	b := start(t, Config{Now: func() time.Time { return now }}, street())
	enter := func(path string, change ...func(http.Header)) int {
		t.Helper()
		s, status := b.dial(path, change...)
		if s != nil {
			_ = s.CloseNow()
		}
		return status
	}
	for range mostGuesses {
		if status := enter("/feed/far", as("ann", "a guess")); status != http.StatusForbidden {
			t.Fatalf("status %d", status)
		}
	}
	for _, password := range []string{"a guess", "good: password"} {
		if status := enter("/feed/far", as("ann", password)); status != http.StatusTooManyRequests {
			t.Errorf("with %s: status %d", password, status)
		}
	}
	if n := testutil.ToFloat64(b.server.metrics.refused.WithLabelValues("guessing")); n != 2 {
		t.Errorf("%v counted", n)
	}
	if status := enter("/feed/near", as("ann", "a guess")); status != http.StatusSwitchingProtocols {
		t.Errorf("an allowed host: status %d", status)
	}
	if status := enter("/feed/far"); status != http.StatusForbidden {
		t.Errorf("without a password: status %d", status)
	}
	now = now.Add(guessWindow)
	if status := enter("/feed/far", as("ann", "good: password")); status != http.StatusSwitchingProtocols {
		t.Errorf("a minute later: status %d", status)
	}
}

func TestGuessersAreToldApartAndForgotten(t *testing.T) {
	g := guesses{now: func() time.Time { return time.Unix(1000, 0) }, wrong: map[netip.Prefix]tries{}}
	for range mostGuesses {
		g.failed(netip.MustParseAddr("2001:db8::1"))
	}
	for source, want := range map[string]bool{"2001:db8::2": false, "2001:db8:0:1::1": true, "192.0.2.1": true} {
		if got := g.may(netip.MustParseAddr(source)); got != want {
			t.Errorf("%s may: %v", source, got)
		}
	}
	a := netip.MustParseAddr("10.0.0.0")
	for range 3 * mostGuessers {
		g.failed(a)
		a = a.Next()
	}
	if n := len(g.wrong); n > mostGuessers {
		t.Errorf("%d are remembered", n)
	}
}
