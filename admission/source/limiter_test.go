package source

import (
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

var (
	known   = netip.MustParseAddr("192.0.2.1")
	unknown = netip.MustParseAddr("203.0.113.9")
)

// by is a source that has a connection.
func by(a netip.Addr) timbre.Origin { return timbre.Origin{Addr: a, Returned: true} }

// fixture is a limiter that knows one source, with a clock of its own.
type fixture struct {
	*Limiter
	now      time.Time
	provable bool
	log      strings.Builder
}

func newFixture(change func(*Config)) *fixture {
	w := &fixture{now: time.Unix(1000, 0)}
	env := environment.Environment{
		Steady: func() time.Time { return w.now }, Log: slog.New(slog.NewTextHandler(&w.log, nil)), Metrics: prometheus.NewRegistry(),
	}
	cfg := Config{Ban: 10 * time.Minute, Invites: 10}
	if change != nil {
		change(&cfg)
	}
	w.Limiter = New(env, cfg, Deps{Allowed: func(a netip.Addr) (bool, bool) { return a == known, w.provable }})
	return w
}

// send returns how many of n messages, an interval apart, are read.
func (w *fixture) send(from netip.Addr, n int, apart time.Duration) (read int) {
	for range n {
		if w.Message(by(from), false) == timbre.Read {
			read++
		}
		w.now = w.now.Add(apart)
	}
	return read
}

// invites reports whether an INVITE is read.
func (w *fixture) invites(from netip.Addr) bool {
	return w.Message(by(from), true) == timbre.Read
}

func (w *fixture) dropped(reason string) int {
	return int(testutil.ToFloat64(w.metrics.dropped.WithLabelValues(reason)))
}

// count fails the test if a number is not as expected.
func count[N int | float64 | timbre.Verdict](t *testing.T, what string, got, want N) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestUnknownSourceWithoutCredentialsGetsFewMessages(t *testing.T) {
	w := newFixture(nil)
	count(t, "read of the unknown source", w.send(unknown, 100, time.Second), maxUninvited)
	count(t, "read of the known source", w.send(known, 100, time.Millisecond), 100)
	count(t, "dropped", w.dropped("banned"), 100-maxUninvited)
	count(t, "bans", testutil.ToFloat64(w.metrics.bans), 1)
	count(t, "log lines", strings.Count(w.log.String(), "203.0.113.9/32"), 1)
	if !w.Banned(unknown) {
		t.Error("got an unknown source that is not banned")
	}
	if w.Banned(known) {
		t.Error("got a known source that is banned")
	}
	if w.now = w.now.Add(10 * time.Minute); w.Banned(unknown) {
		t.Error("got a ban that does not end")
	}
	count(t, "read after the ban", w.send(unknown, 1, 0), 1)
}

func TestMessagesFarApartAreNotBanned(t *testing.T) {
	w := newFixture(nil)
	count(t, "read", w.send(unknown, 100, window/maxUninvited), 100)
}

func TestDropUnknownDropsAllMessagesWithoutCredentials(t *testing.T) {
	w := newFixture(func(c *Config) { c.DropUnknown = true })
	count(t, "read", w.send(unknown, 10, time.Second), 0)
	count(t, "dropped", w.dropped("unknown"), 10)
	w.provable = true
	count(t, "read when there are credentials", w.send(unknown, 10, time.Second), 10)
}

func TestUninvitedMessagesAreNotCountedTwice(t *testing.T) {
	w := newFixture(nil)
	for range 10 * maxFailures {
		w.Failed(by(unknown))
	}
	if w.Banned(unknown) {
		t.Error("got a ban for failures of messages that were counted already")
	}
}

func TestSourceThatOnlyFailsIsBanned(t *testing.T) {
	for name, c := range map[string]struct {
		from   netip.Addr
		fails  int
		apart  time.Duration
		prove  bool // before the last failure
		banned bool
	}{
		"many":                    {unknown, maxFailures + 1, time.Second, false, true},
		"not so many":             {unknown, maxFailures, time.Second, false, false},
		"many over a long time":   {unknown, 3 * maxFailures, window / maxFailures, false, false},
		"many, but one success":   {unknown, maxFailures + 1, time.Second, true, false},
		"many of an allowed host": {known, 10 * maxFailures, time.Second, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(nil)
			w.provable = true
			for i := range c.fails {
				if c.prove && i == c.fails-1 {
					w.Proven(c.from)
				}
				w.Failed(by(c.from))
				w.now = w.now.Add(c.apart)
			}
			if got := w.Banned(c.from); got != c.banned {
				t.Errorf("got banned %v, want %v", got, c.banned)
			}
			want := 5
			if c.banned {
				want = trialBurst
			}
			count(t, "read at once", w.send(c.from, 5, 0), want)
		})
	}
}

// Whoever writes another address than its own into datagrams must not shut that address out.
func TestDatagramsThatOthersMayHaveWrittenBanNobody(t *testing.T) {
	for _, provable := range []bool{true, false} {
		w := newFixture(nil)
		w.provable = provable
		forged := timbre.Origin{Addr: unknown}
		for range 1000 {
			w.Message(forged, true)
			w.Failed(forged)
			w.now = w.now.Add(time.Millisecond)
		}
		if w.Banned(unknown) {
			t.Errorf("provable %v: got a ban by datagrams alone", provable)
		}
		count(t, "connections accepted", len(w.accept(t, unknown, 3))-1, 3)
		count(t, "read of a connection, or of datagrams that echo a nonce", w.send(unknown, 3, 0), 3)
	}
}

func TestUnprovenDatagramsTakeNothingFromThoseThatShowTheirAddress(t *testing.T) {
	w := newFixture(nil)
	w.provable = true
	got := map[timbre.Verdict]int{}
	for i := range 30000 {
		got[w.Message(timbre.Origin{Addr: netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)})}, false)]++
	}
	count(t, "unproven datagrams read in an instant", got[timbre.Read], unprovenAll)
	count(t, "read, to be answered briefly", got[timbre.ReadBriefly], brieflyAll)
	count(t, "dropped", w.dropped("unproven_total"), 30000-unprovenAll-brieflyAll)
	count(t, "read of a source that shows its address", w.send(unknown, 1, 0), 1)
	count(t, "sources remembered as unknown", len(w.unknown.by), 1)
	count(t, "sources remembered as unproven", len(w.unproven.by), maxSources)
}

func TestUninvitedDatagramsAreAnsweredEightTimesAMinute(t *testing.T) {
	w := newFixture(nil)
	read := 0
	for range 600 {
		if w.Message(timbre.Origin{Addr: unknown}, true) == timbre.Read {
			read++
		}
		w.now = w.now.Add(time.Second / 2)
	}
	if want := maxUninvited * 6; read < want-2 || read > want {
		t.Errorf("got %d datagrams read in five minutes, want about %d", read, want)
	}
}

// A banned address may be shared with somebody who knows a password.
func TestABannedSourceMayTryAPasswordWhichLiftsTheBan(t *testing.T) {
	w := newFixture(nil)
	w.provable = true
	for range maxFailures + 1 {
		w.Failed(by(unknown))
	}
	count(t, "read in a minute of the ban", w.send(unknown, 600, time.Second/10), trialBurst+11)
	if open := w.accept(t, unknown, 3); len(open)-1 != 1 {
		t.Errorf("got %d connections of a banned source, want one", len(open)-1)
	}
	w.Proven(unknown)
	if w.Banned(unknown) {
		t.Error("got a ban after the right password")
	}
	count(t, "banned sources counted", w.countBanned(), 0)
	if w.now = w.now.Add(ProofLife); w.Banned(unknown) {
		t.Error("got the ban again when the proof is old")
	}
}

// A host that a party names in a call answers what it is asked, and is a stranger otherwise.
func TestWhoIsAskedWithinACallMayAnswer(t *testing.T) {
	w := newFixture(func(c *Config) { c.DropUnknown = true })
	if got := w.send(unknown, 1, 0); got != 0 {
		t.Errorf("got %d messages read of a stranger, want 0", got)
	}
	for range 3 {
		w.Asked(unknown)
	}
	if w.Known(unknown) {
		t.Error("got a known source, want a stranger that was asked")
	}
	if got := w.send(unknown, 100, 0); got != 3*expected {
		t.Errorf("got %d messages read for 3 requests, want %d", got, 3*expected)
	}
	for range 10_000 {
		w.Asked(unknown)
	}
	if got := w.send(unknown, 2*maxExpected, 0); got != maxExpected {
		t.Errorf("got %d messages read at once, want %d at most", got, maxExpected)
	}
}

func TestZeroBanNeverBans(t *testing.T) {
	w := newFixture(func(c *Config) { c.Ban = 0 })
	count(t, "read", w.send(unknown, 100, time.Second), 100)
}

func TestProofMakesASourceKnownForADay(t *testing.T) {
	w := newFixture(nil)
	w.Proven(unknown)
	count(t, "read", w.send(unknown, 500, time.Millisecond), 500)
	if !w.Known(unknown) {
		t.Error("got an unknown source after its proof")
	}
	if w.now = w.now.Add(ProofLife); w.Known(unknown) {
		t.Error("got a known source a day later")
	}
}

func TestInvitesOverTheLimitAreShedThenDropped(t *testing.T) {
	for name, from := range map[string]netip.Addr{"allowed": known, "proven": unknown} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(nil)
			w.Proven(unknown)
			reads, sheds := 0, 0
			for range 100 {
				switch w.Message(by(from), true) {
				case timbre.Read:
					reads++
				case timbre.Shed:
					sheds++
				}
			}
			count(t, "read", reads, 10)
			count(t, "shed", sheds, refusalBurst)
			count(t, "dropped", w.dropped("invites"), 100-10-refusalBurst)
			count(t, "other messages read", w.send(from, 1, 0), 1)
			if w.now = w.now.Add(time.Second / 10); !w.invites(from) {
				t.Error("got an INVITE dropped that is due again")
			}
		})
	}
}

func TestUnknownSourcesShareALimit(t *testing.T) {
	const seconds = 10
	w := newFixture(nil)
	w.provable = true
	read := 0
	for range seconds {
		for i := range 10000 {
			if w.invites(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)})) {
				read++
			}
		}
		w.now = w.now.Add(time.Second)
	}
	if read < unknownTotal*seconds || read > unknownTotal*(seconds+1) {
		t.Errorf("got %d messages read in %d s of all unknown sources, want %d a second", read, seconds, unknownTotal)
	}
	if !w.invites(known) {
		t.Error("got an INVITE of a known source dropped")
	}
}

// Many hosts of few networks, none of which sends too much or fails, are no reason to drop what another one sends.
func TestManySourcesOfANetworkLeaveOthersTheirShare(t *testing.T) {
	for name, crowd := range map[string]func(i int) netip.Addr{
		"hosts of a network of IPv4": func(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}) },
		"networks of an owner of IPv6": func(i int) netip.Addr {
			return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 7: byte(i), 15: 1})
		},
		"twenty networks": func(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, byte(i % 20), byte(i)}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(nil)
			w.provable = true
			honest, asked := netip.MustParseAddr("192.0.2.77"), 0
			for second := range 20 {
				for i := range 200 {
					for range unknownRate {
						w.Message(by(crowd(i)), false)
					}
				}
				if second%2 == 1 { // a request and the ACK of its refusal
					asked += 2
					count(t, "read of another network", w.send(honest, 2, 0), 2)
				}
				w.now = w.now.Add(time.Second)
			}
			if got := w.dropped("unknown_total"); got < 1000 || asked == 0 {
				t.Errorf("got %d messages dropped, want many", got)
			}
		})
	}
}

// Who knows no password and has many networks takes what is for all strangers, and nothing of what is for answers to challenges.
func TestAnswersToChallengesHaveTheirPart(t *testing.T) {
	w := newFixture(nil)
	w.provable = true
	answer := by(unknown)
	answer.Echoed = true
	for range 5 {
		for i := range 5000 {
			w.Message(by(netip.AddrFrom4([4]byte{100, byte(i >> 8), byte(i), 1})), false)
		}
		if got := w.Message(answer, true); got != timbre.Read {
			t.Errorf("got verdict %d for the answer to a challenge, want it read", got)
		}
		w.now = w.now.Add(time.Second)
	}
}

// A forger that uses up what the source that it names may send gets answers that are no longer than its datagrams; so does the source.
func TestWhomAForgerNamesIsAnsweredBriefly(t *testing.T) {
	w := newFixture(nil)
	w.provable = true
	got := map[timbre.Verdict]int{}
	for range 10 * (brieflyAll - 10) { // in ten seconds
		got[w.Message(timbre.Origin{Addr: unknown}, false)]++
		w.now = w.now.Add(time.Second / (brieflyAll - 10))
	}
	if n := got[timbre.Read]; n < 10*unknownRate || n > 10*unknownRate+unknownBurst {
		t.Errorf("got %d datagrams answered at length, want %d a second", n, unknownRate)
	}
	count(t, "not answered", got[timbre.Dropped], 0)
	w.provable = false
	count(t, "where no password could be proven", w.Message(timbre.Origin{Addr: unknown}, true), timbre.Dropped)
}

func TestFloodOfAnUnknownSourceIsDropped(t *testing.T) {
	w := newFixture(nil)
	w.provable = true
	n := w.send(unknown, 1000, time.Millisecond)
	count(t, "read in a second", n, unknownBurst+unknownRate-1)
	count(t, "dropped", w.dropped("flood"), 1000-n)
}

func TestMemoryIsBounded(t *testing.T) {
	w := newFixture(nil)
	w.provable = true
	proven := netip.MustParseAddr("203.0.113.77")
	for i := range 3 * maxSources {
		w.Message(by(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})), false)
		if i == 0 {
			w.Proven(proven)
		}
	}
	count(t, "unknown sources", len(w.unknown.by), maxSources)
	count(t, "unknown sources in order of use", w.unknown.used.Len(), maxSources)
	if !w.Known(proven) {
		t.Error("got a proven source evicted by unknown ones")
	}
	for i := range 2 * maxSources {
		w.Proven(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	count(t, "known sources", len(w.known.by), maxSources)
	count(t, "known sources in order of use", w.known.used.Len(), maxSources)
}

func TestIPv6HostIsANetworkOf64Bits(t *testing.T) {
	w := newFixture(nil)
	for i := range maxUninvited + 1 {
		w.Message(by(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(i)})), false)
	}
	for address, want := range map[string]bool{"2001:db8::ffff": true, "2001:db8::1%eth0": true, "2001:db8:0:1::ffff": false} {
		if got := w.Banned(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got banned %v, want %v", address, got, want)
		}
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

// peerConn is a connection from an address.
type peerConn struct {
	net.Conn
	from netip.Addr
}

func (c *peerConn) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(c.from, 5060))
}
func (c *peerConn) Close() error { return nil }

// accept returns those of n connections of a source that are accepted, and one of a known source.
func (w *fixture) accept(t *testing.T, from netip.Addr, n int) (open []net.Conn) {
	t.Helper()
	q := make(queue, n+1)
	for range n {
		q <- &peerConn{from: from}
	}
	q <- &peerConn{from: known} // is accepted, and the last one
	l := w.Listener(q)
	for {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if open = append(open, c); peer(c.RemoteAddr()) == known {
			return open
		}
	}
}

func TestConnectionsAreLimitedPerSource(t *testing.T) {
	w := newFixture(nil)
	open := w.accept(t, unknown, maxUnknownPerSource+5)
	count(t, "accepted", len(open)-1, maxUnknownPerSource)
	count(t, "refused", testutil.ToFloat64(w.metrics.refused.WithLabelValues("source")), 5)
	count(t, "open of unknown sources", w.places.count(false), maxUnknownPerSource)
	count(t, "open of known sources", w.places.count(true), 1)
	for _, c := range open {
		_ = c.Close()
		_ = c.Close() // counts once
	}
	count(t, "open of unknown sources after Close", w.places.count(false), 0)
	count(t, "open of known sources after Close", w.places.count(true), 0)
}

func TestConnectionsOfBannedSourcesAreRefusedButOne(t *testing.T) {
	w := newFixture(nil)
	w.send(unknown, 20, time.Second)
	count(t, "accepted", len(w.accept(t, unknown, 5))-1, 1)
	count(t, "refused", testutil.ToFloat64(w.metrics.refused.WithLabelValues("banned")), 4)
}

func TestPeerIsTheAddressOfTheSocket(t *testing.T) {
	for name, c := range map[string]struct {
		addr net.Addr
		want netip.Addr
	}{
		"TCP":         {&net.TCPAddr{IP: net.ParseIP("192.0.2.1"), Port: 1}, netip.MustParseAddr("192.0.2.1")},
		"UDP, zone":   {&net.UDPAddr{IP: net.ParseIP("fe80::1"), Port: 1, Zone: "eth0"}, netip.MustParseAddr("fe80::1")},
		"Unix socket": {&net.UnixAddr{Name: "/x"}, netip.Addr{}},
		"none":        {nil, netip.Addr{}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := peer(c.addr); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
