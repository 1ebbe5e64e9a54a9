package source

import (
	"net/netip"
	"testing"
	"time"
)

func TestAttemptsAreCountedByHost(t *testing.T) {
	now := time.Unix(1000, 0)
	a := NewAttempts(func() time.Time { return now })
	for range maxAttempts {
		a.Failed(netip.MustParseAddr("2001:db8::1"))
	}
	for source, want := range map[string]bool{"2001:db8::2": false, "2001:db8::2%eth0": false, "2001:db8:0:1::1": true, "192.0.2.1": true} {
		t.Run(source, func(t *testing.T) {
			if got := a.May(netip.MustParseAddr(source)); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	if now = now.Add(attemptWindow); !a.May(netip.MustParseAddr("2001:db8::1")) {
		t.Error("got no attempt after the window, want one")
	}
}

func TestAttemptsMemoryIsBounded(t *testing.T) {
	a := NewAttempts(func() time.Time { return time.Unix(1000, 0) })
	source := netip.MustParseAddr("10.0.0.0")
	for range 3 * maxAttempters {
		a.Failed(source)
		source = source.Next()
	}
	if n := len(a.wrong); n > maxAttempters {
		t.Errorf("got %d sources, want at most %d", n, maxAttempters)
	}
}
