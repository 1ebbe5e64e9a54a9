package sigv4

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestOneKeyLeavesRoomForTheSignaturesOfOthers(t *testing.T) {
	now := time.Unix(1000, 0)
	p := newReplays(now)
	p.most = 1000
	taken := func(key string, n int) (taken int) {
		for i := range n {
			r := &http.Request{Method: http.MethodPost}
			c := &claim{accessKeyID: key, at: now, signature: fmt.Sprint(key, now, i)}
			if p.take(r, c, now) == nil {
				taken++
			}
		}
		return taken
	}
	if got := taken("stolen", 1000); got != 250 { // half of the room, two places a request
		t.Errorf("got %d requests of one key, want 250", got)
	}
	if got := taken("another", 100); got != 100 {
		t.Errorf("got %d requests of another key, want all", got)
	}
	now = now.Add(Skew + 2*time.Minute)
	if got := taken("stolen", 100); got != 100 {
		t.Errorf("got %d requests once those before are over, want all", got)
	}
	if len(p.held) != 1 {
		t.Errorf("got %v, want the keys without signatures forgotten", p.held)
	}
}
