package feed

import (
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestFeedsOfOneConnectorAreLimited(t *testing.T) {
	d := allHealthy()
	b := start(t, Config{MaxFeeds: 10, OfConnector: 2}, d)
	first, second := b.connect("/feed/near"), b.connect("/feed/near")
	second.text(startJSON("mulaw", 8000, "caller"))
	second.answer()
	if got := b.status("/feed/near", nil); got != http.StatusServiceUnavailable {
		t.Errorf("got status %d, want %d", got, http.StatusServiceUnavailable)
	}
	if got := b.status("/feed/far", as("ann", "good: password")); got != http.StatusSwitchingProtocols {
		t.Errorf("got status %d for another connector, want %d", got, http.StatusSwitchingProtocols)
	}
	_ = first.Close(websocket.StatusNormalClosure, "")
	for end := time.Now().Add(timeout); b.status("/feed/near", nil) != http.StatusSwitchingProtocols; {
		if time.Now().After(end) {
			t.Fatal("got no place of a feed that has ended, want one")
		}
	}
}

// Feeds that name their connector in the start message count from then on.
func TestFeedCountsForTheConnectorThatItNames(t *testing.T) {
	ann := as("ann", "good: password") // near and far
	b := start(t, Config{MaxFeeds: 10, OfConnector: 2}, allHealthy())
	begin := func(connector string) (code string) {
		s, status := b.dial("/feed", ann)
		if status != http.StatusSwitchingProtocols {
			t.Fatalf("got status %d", status)
		}
		s.text(`{"connectorId":"` + connector + `",` + startJSON("mulaw", 8000, "caller")[1:])
		code, _ = s.answer()["code"].(string)
		return code
	}
	for _, step := range []struct{ connector, code string }{{"far", ""}, {"far", ""}, {"far", "full"}, {"near", ""}} {
		if got := begin(step.connector); got != step.code {
			t.Errorf("%s: got code %q, want %q", step.connector, got, step.code)
		}
	}
	if got := b.server.places; got["far"] != 2 || got["near"] != 1 {
		t.Errorf("got places %v, want 2 of far and 1 of near", got)
	}
}
