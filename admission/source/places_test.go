package source

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// open opens a connection of a source; nil: it was refused. What was displaced is closed.
func (w *fixture) open(from string) *connection {
	in, displaced := w.connect(&peerConn{from: netip.MustParseAddr(from)})
	if displaced != nil {
		_ = displaced.Close()
	}
	return in
}

func (w *fixture) has(c *connection) bool {
	_, open := w.places.open[c]
	return open
}

// full is a fixture all of whose places are taken by hosts, with ten connections each.
func full(t *testing.T, host func(n int) string) *fixture {
	t.Helper()
	w := newFixture(nil)
	w.provable = true
	for i := range maxUnknown {
		if w.open(host(i/maxUnknownPerSource)) == nil {
			t.Fatalf("got connection %d refused", i)
		}
	}
	return w
}

func TestNobodyTakesAllPlacesOfStrangers(t *testing.T) {
	for name, c := range map[string]struct {
		attacker func(n int) string
		peer     string
	}{
		"hosts of one network, and a peer elsewhere":      {func(n int) string { return fmt.Sprintf("203.0.113.%d", n) }, "198.51.100.7"},
		"hosts of the peer's network":                     {func(n int) string { return fmt.Sprintf("203.0.113.%d", n) }, "203.0.113.200"},
		"hosts of networks of their own":                  {func(n int) string { return fmt.Sprintf("203.0.%d.1", n) }, "198.51.100.7"},
		"networks of one owner in IPv6":                   {func(n int) string { return fmt.Sprintf("2001:db8:0:%x::1", n) }, "198.51.100.7"},
		"networks of one owner in IPv6, and another's in": {func(n int) string { return fmt.Sprintf("2001:db8:0:%x::1", n) }, "2001:db8:1::1"},
	} {
		t.Run(name, func(t *testing.T) {
			w := full(t, c.attacker)
			peer := w.open(c.peer)
			if peer == nil {
				t.Fatal("got no place for a peer, want that of an attacker")
			}
			for i := range 1000 {
				w.open(c.attacker(i / maxUnknownPerSource))
			}
			if !w.has(peer) {
				t.Error("got the peer's place taken by hosts that have more")
			}
			count(t, "connections of unknown sources", w.places.count(false), maxUnknown)
		})
	}
}

// With a host for each connection, those have to go that have had time to prove something.
func TestAPlaceIsForSureForSecondsOnly(t *testing.T) {
	w := newFixture(nil)
	w.provable = true
	host := func(n int) string { return fmt.Sprintf("10.%d.%d.1", n>>8, n&255) }
	for i := range maxUnknown {
		w.open(host(i))
	}
	if w.open(host(maxUnknown)) != nil {
		t.Error("got a place at once, want the others to have time for their proof")
	}
	count(t, "refused", testutil.ToFloat64(w.metrics.refused.WithLabelValues("all")), 1)
	if w.now = w.now.Add(patience); w.open(host(maxUnknown)) == nil {
		t.Error("got no place after a while")
	}
	count(t, "displaced", testutil.ToFloat64(w.metrics.refused.WithLabelValues("displaced")), 1)
	if w.places.hosts[netip.MustParsePrefix("10.0.0.1/32")]+w.places.count(false) < maxUnknown {
		t.Errorf("got %d connections, want all places taken", w.places.count(false))
	}
}

// Ten connections that do nothing must not shut out a host that others share.
func TestAHostsOldConnectionsMakeRoomForItsNewOnes(t *testing.T) {
	w := newFixture(nil)
	w.provable = true
	first := w.open("203.0.113.9")
	w.now = w.now.Add(time.Millisecond)
	for range maxUnknownPerSource - 1 {
		w.open("203.0.113.9")
	}
	if w.open("203.0.113.9") != nil {
		t.Error("got another connection at once, want it refused")
	}
	w.now = w.now.Add(patience - time.Millisecond) // the first has had its time, the others almost
	if w.open("203.0.113.9") == nil || w.has(first) {
		t.Error("got the oldest connection kept, want it displaced")
	}
}

func TestProofTakesConnectionsOutOfThePlacesOfStrangers(t *testing.T) {
	w := full(t, func(n int) string { return fmt.Sprintf("203.0.113.%d", n) })
	peer := w.open("198.51.100.7")
	w.Proven(netip.MustParseAddr("198.51.100.7"))
	count(t, "connections of known sources", w.places.count(true), 1)
	count(t, "of unknown ones", w.places.count(false), maxUnknown-1)
	w.now = w.now.Add(time.Hour)
	for i := range 3000 {
		w.now = w.now.Add(patience)
		w.open(fmt.Sprintf("10.0.%d.%d", i>>8, i&255))
	}
	if !w.has(peer) {
		t.Error("got a connection displaced whose source has proven a password")
	}
	_ = peer.Close()
	_ = peer.Close() // counts once
	count(t, "connections of known sources after Close", w.places.count(true), 0)
	count(t, "hosts counted", len(w.places.known), 0)
	for c := range w.places.open {
		_ = c.Close()
	}
	count(t, "hosts counted when all are closed", len(w.places.hosts)+len(w.places.owners), 0)
}

func TestFewDescriptorsLeaveFewPlacesToStrangers(t *testing.T) {
	for most, want := range map[int]int{0: maxUnknown, 20: 20, 1 << 20: maxUnknown} {
		w := newFixture(func(c *Config) { c.Connections = most })
		w.provable = true
		for i := range maxUnknown + 50 {
			w.open(fmt.Sprintf("10.%d.%d.1", i/256, i%256))
		}
		count(t, "connections of unknown sources", w.places.count(false), want)
	}
}
