package console

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"timbre"
)

// A key asks as often as its share lets it, and others do not wait for it.
func TestRequestsOfAKeyAreBounded(t *testing.T) {
	f := newFakes(t)
	for path, cost := range map[string]int{"/console/server": 1, "/console/calls": 1 + lookCosts, "/console/domains/d/matches": 1 + lookCosts} {
		t.Run(path, func(t *testing.T) {
			f.later(costsAtOnce * time.Second)
			f.signIn("ALL")
			for range costsAtOnce / cost {
				f.want(http.StatusOK, f.ask(http.MethodGet, path, ""))
			}
			f.signIn("ALL") // another session has no other share
			refused := f.ask(http.MethodGet, path, "")
			f.want(http.StatusTooManyRequests, refused)
			seconds, err := strconv.Atoi(refused.Header.Get("Retry-After"))
			if err != nil || seconds < 1 || seconds > cost {
				t.Errorf("got Retry-After %q, want the seconds until there is a share", refused.Header.Get("Retry-After"))
			}
			f.signIn("OTHER")
			f.want(http.StatusOK, f.ask(http.MethodGet, path, ""))
			f.later(time.Duration(seconds) * time.Second)
			f.signIn("ALL")
			f.want(http.StatusOK, f.ask(http.MethodGet, path, ""))
		})
	}
}

// A session, and a key by however many sessions, leaves streams to others.
func TestStreamsOfAKeyAreBounded(t *testing.T) {
	f := newFakes(t)
	for n := range streamsOfKey {
		if n%streamsOfOne == 0 {
			f.signIn("ALL")
		}
		f.open("/console/live")
		if n+1 == streamsOfOne {
			f.want(http.StatusTooManyRequests, f.ask(http.MethodGet, "/console/live", ""))
		}
	}
	f.signIn("ALL")
	f.want(http.StatusTooManyRequests, f.ask(http.MethodGet, "/console/live", ""))
	f.signIn("OTHER")
	f.open("/console/live")
	f.change("ALL", func(k *timbre.Key) { k.User = "gone" })
	wait(t, "the shares of the streams that end", func() bool {
		f.shares.mu.Lock()
		defer f.shares.mu.Unlock()
		return len(f.shares.streams) == 2
	})
}
