package sentry

import (
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

var (
	friend   = netip.MustParseAddr("192.0.2.1")
	stranger = netip.MustParseAddr("203.0.113.9")
)

// watch is a sentry that allows one source, with a clock of its own.
type watch struct {
	*Sentry
	now      time.Time
	provable bool
	log      strings.Builder
}

func stand(change func(*Config)) *watch {
	w := &watch{now: time.Unix(1000, 0)}
	cfg := Config{
		Allowed: func(a netip.Addr) (bool, bool) { return a == friend, w.provable }, Ban: 10 * time.Minute, Invites: 10,
		Now: func() time.Time { return w.now }, Log: slog.New(slog.NewTextHandler(&w.log, nil)), Metrics: prometheus.NewRegistry(),
	}
	if change != nil {
		change(&cfg)
	}
	w.Sentry = New(cfg)
	return w
}

// heard is how many of n messages, an interval apart, are heard.
func (w *watch) heard(from netip.Addr, n int, apart time.Duration) (heard int) {
	for range n {
		if w.Message(from, false) == Hear {
			heard++
		}
		w.now = w.now.Add(apart)
	}
	return heard
}

func (w *watch) dropped(reason string) int {
	return int(testutil.ToFloat64(w.metrics.dropped.WithLabelValues(reason)))
}

func TestAStrangerWhoCannotProveHimselfIsHeardLittle(t *testing.T) {
	w := stand(nil)
	if n := w.heard(stranger, 100, time.Second); n != maxUninvited {
		t.Errorf("%d messages of a stranger were heard", n)
	}
	if n := w.heard(friend, 100, time.Millisecond); n != 100 {
		t.Errorf("%d messages of a friend were heard", n)
	}
	if !w.Banned(stranger) || w.Banned(friend) || w.dropped("banned") != 100-maxUninvited || testutil.ToFloat64(w.metrics.bans) != 1 {
		t.Errorf("%d were dropped, %v bans", w.dropped("banned"), testutil.ToFloat64(w.metrics.bans))
	}
	if n := strings.Count(w.log.String(), "203.0.113.9/32"); n != 1 {
		t.Errorf("the log has it %d times:\n%s", n, &w.log)
	}
	w.now = w.now.Add(10 * time.Minute)
	if w.Banned(stranger) || w.heard(stranger, 1, 0) != 1 {
		t.Error("the ban does not end")
	}
}

func TestMessagesFarApartAreNoScan(t *testing.T) {
	w := stand(nil)
	if n := w.heard(stranger, 100, window/maxUninvited); n != 100 {
		t.Errorf("%d of 100 were heard", n)
	}
}

func TestNothingIsHeardOfStrangersWhereItIsSaidSo(t *testing.T) {
	w := stand(func(c *Config) { c.Deaf = true })
	if n := w.heard(stranger, 10, time.Second); n != 0 || w.dropped("stranger") != 10 {
		t.Errorf("%d heard, %d dropped", n, w.dropped("stranger"))
	}
	w.provable = true
	if n := w.heard(stranger, 10, time.Second); n != 10 {
		t.Errorf("%d of 10 were heard of one who may prove himself", n)
	}
}

func TestWhoOnlyFailsIsBannedForATime(t *testing.T) {
	w := stand(nil)
	for range 10 * maxFailures {
		w.Failed(stranger)
	}
	if w.Banned(stranger) {
		t.Error("what was counted as a message was counted again")
	}
	for name, c := range map[string]struct {
		from   netip.Addr
		fails  int
		apart  time.Duration
		prove  bool // before the last failure
		banned bool
	}{
		"many":                    {stranger, maxFailures + 1, time.Second, false, true},
		"not so many":             {stranger, maxFailures, time.Second, false, false},
		"many over a long time":   {stranger, 3 * maxFailures, window / maxFailures, false, false},
		"many, but one success":   {stranger, maxFailures + 1, time.Second, true, false},
		"many of an allowed host": {friend, 10 * maxFailures, time.Second, false, false},
	} {
		w := stand(nil)
		w.provable = true
		for i := range c.fails {
			if c.prove && i == c.fails-1 {
				w.Proven(c.from)
			}
			w.Failed(c.from)
			w.now = w.now.Add(c.apart)
		}
		if got := w.Banned(c.from); got != c.banned {
			t.Errorf("%s: banned %v", name, got)
		}
		if got := w.Message(c.from, false) == Drop; got != c.banned {
			t.Errorf("%s: dropped %v", name, got)
		}
	}
}

func TestNobodyIsBannedWithoutBans(t *testing.T) {
	w := stand(func(c *Config) { c.Ban = 0 })
	if n := w.heard(stranger, 100, time.Second); n != 100 {
		t.Errorf("%d of 100 were heard", n)
	}
}

func TestWhoHasProvenHimselfIsKnownForADay(t *testing.T) {
	w := stand(nil)
	w.Proven(stranger)
	if n := w.heard(stranger, 500, time.Millisecond); n != 500 || !w.Known(stranger) {
		t.Errorf("%d of 500 were heard", n)
	}
	if w.now = w.now.Add(proof); w.Known(stranger) {
		t.Error("still known a day later")
	}
}

func TestAFloodOfInvitesIsShedThenDropped(t *testing.T) {
	for _, from := range []netip.Addr{friend, stranger} {
		w := stand(nil)
		w.Proven(stranger)
		var got [3]int
		for range 100 {
			got[w.Message(from, true)]++
		}
		if want := [3]int{10, refusalBurst, 100 - 10 - refusalBurst}; got != want {
			t.Errorf("%v heard, shed and dropped of %s, want %v", got, from, want)
		}
		if w.Message(from, false) != Hear {
			t.Error("other messages are not heard either")
		}
		if w.now = w.now.Add(time.Second / 10); w.Message(from, true) != Hear {
			t.Error("not heard when its next call is due")
		}
	}
}

func TestStrangersTogetherAreHeardSoMuchASecond(t *testing.T) {
	w := stand(nil)
	w.provable = true
	heard := 0
	for i := range 10000 {
		if w.Message(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), true) == Hear {
			heard++
		}
	}
	if heard != strangersRate || w.Message(friend, true) != Hear {
		t.Errorf("%d of 10000 were heard", heard)
	}
}

func TestAStrangersFloodIsDropped(t *testing.T) {
	w := stand(nil)
	w.provable = true
	if n := w.heard(stranger, 1000, time.Millisecond); n != strangerBurst+strangerRate-1 || w.dropped("flood") != 1000-n {
		t.Errorf("%d of 1000 in a second were heard, %d dropped", n, w.dropped("flood"))
	}
}

func TestANumberOfSourcesIsRemembered(t *testing.T) {
	w := stand(nil)
	w.provable = true
	for i := range 3 * maxSources {
		w.Message(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), false)
		if i == 0 {
			w.Proven(netip.MustParseAddr("203.0.113.77")) // is not forgotten
		}
	}
	if len(w.strangers.by) != maxSources || w.strangers.last.Len() != maxSources || !w.Known(netip.MustParseAddr("203.0.113.77")) {
		t.Errorf("%d strangers are remembered", len(w.strangers.by))
	}
	for i := range 2 * maxSources {
		w.Proven(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	if len(w.friends.by) != maxSources || w.friends.last.Len() != maxSources {
		t.Errorf("%d friends are remembered", len(w.friends.by))
	}
}

func TestAHostOfIPv6IsANetworkOfAddresses(t *testing.T) {
	w := stand(nil)
	for i := range maxUninvited + 1 {
		w.Message(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(i)}), false)
	}
	if !w.Banned(netip.MustParseAddr("2001:db8::ffff")) || w.Banned(netip.MustParseAddr("2001:db8:0:1::ffff")) {
		t.Error("not the network of 64 bits is banned")
	}
}

// queue is a listener of connections that come from given addresses.
type queue chan net.Conn

func (q queue) Accept() (net.Conn, error) {
	c, ok := <-q
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (q queue) Close() error   { return nil }
func (q queue) Addr() net.Addr { return &net.TCPAddr{} }

type caller struct {
	net.Conn
	from   netip.Addr
	closed bool
}

func (c *caller) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(c.from, 5060))
}
func (c *caller) Close() error { c.closed = true; return nil }

func TestConnectionsAreCounted(t *testing.T) {
	w := stand(nil)
	q := make(queue, 2*maxOfStranger)
	l := w.Listener(q)
	var open []net.Conn
	take := func(from netip.Addr, n int) (taken int) {
		for range n {
			q <- &caller{from: from}
		}
		q <- &caller{from: friend} // the last one is always taken
		for {
			c, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, c)
			if Source(c.RemoteAddr()) == friend {
				return taken
			}
			taken++
		}
	}
	if n := take(stranger, maxOfStranger+5); n != maxOfStranger || testutil.ToFloat64(w.metrics.refused.WithLabelValues("source")) != 5 {
		t.Errorf("%d connections of a stranger", n)
	}
	if w.connections[false] != maxOfStranger || w.connections[true] != 1 {
		t.Errorf("%v connections", w.connections)
	}
	for _, c := range open {
		_ = c.Close()
		_ = c.Close() // counts once
	}
	if w.connections[false] != 0 || w.connections[true] != 0 {
		t.Errorf("%v connections after all are closed", w.connections)
	}
	w.heard(stranger, 20, time.Second)
	if n := take(stranger, 5); n != 0 || testutil.ToFloat64(w.metrics.refused.WithLabelValues("banned")) != 5 {
		t.Errorf("%d connections of one who is banned", n)
	}
}

func TestStrangersHaveSoManyConnectionsTogether(t *testing.T) {
	w := stand(nil)
	taken := 0
	for i := range 2 * maxStrange {
		if _, ok := w.connect(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)})); ok {
			taken++
		}
	}
	if _, ok := w.connect(friend); taken != maxStrange || !ok {
		t.Errorf("%d connections of strangers, a friend's %v", taken, ok)
	}
}
