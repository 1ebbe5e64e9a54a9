package source

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"timbre"
)

func TestAttemptsAreCountedByHostAndUser(t *testing.T) {
	now := time.Unix(1000, 0)
	a := NewAttempts(func() time.Time { return now })
	for range maxAttempts {
		a.Failed(netip.MustParseAddr("2001:db8::1"), "ann")
	}
	for source, want := range map[string]bool{"2001:db8::2": false, "2001:db8::2%eth0": false, "2001:db8:0:1::1": true, "192.0.2.1": true} {
		t.Run(source, func(t *testing.T) {
			if got := a.May(netip.MustParseAddr(source), "ann"); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	if !a.May(netip.MustParseAddr("2001:db8::1"), "bob") {
		t.Error("got no attempt for another user, want one")
	}
	if now = now.Add(attemptWindow); !a.May(netip.MustParseAddr("2001:db8::1"), "ann") {
		t.Error("got no attempt after the window, want one")
	}
}

// Users that nobody has are made up at will, and must not void what is counted of others.
func TestMadeUpUsersLeaveTheCountsOfOthers(t *testing.T) {
	a := NewAttempts(func() time.Time { return time.Unix(1000, 0) })
	guesser, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	guesses := 0
	for i := range 30 * maxTriedOfAHost {
		if a.May(guesser, "ann") {
			a.Failed(guesser, "ann")
			guesses++
		}
		a.Failed(guesser, fmt.Sprint("nobody", i))
		if i < maxAttempts {
			a.Failed(other, "ann")
		}
	}
	if guesses != maxAttempts {
		t.Errorf("got %d guesses between made-up users, want %d", guesses, maxAttempts)
	}
	if a.May(other, "ann") {
		t.Error("got another attempt of another host, whose count must stay")
	}
	if !a.May(guesser, "bob") {
		t.Error("got no attempt for a user of the same host, which has tried none")
	}
}

func TestAttemptsMemoryIsBounded(t *testing.T) {
	now := time.Unix(1000, 0)
	a := NewAttempts(func() time.Time { return now })
	first := netip.MustParseAddr("10.0.0.0")
	for round := range 3 {
		source := first
		for range 2 * maxTried / 10 {
			for i := range 10 {
				a.Failed(source, fmt.Sprint(round, i))
			}
			source = source.Next()
		}
		users := 0
		for _, e := range a.hosts {
			users += len(e.Value.(*attempter).wrong)
		}
		if users != a.tried || users > maxTried || len(a.hosts) != a.order.Len() {
			t.Errorf("got %d users, %d counted, of %d hosts, %d in order; want at most %d", users, a.tried, len(a.hosts), a.order.Len(), maxTried)
		}
		now = now.Add(attemptWindow)
	}
	for i := range 3 * maxTriedOfAHost {
		a.Failed(first, fmt.Sprint(i))
	}
	if n := len(a.hosts[timbre.HostNetwork(first)].Value.(*attempter).wrong); n != maxTriedOfAHost {
		t.Errorf("got %d users of a host, want %d", n, maxTriedOfAHost)
	}
}
