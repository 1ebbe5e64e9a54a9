package door

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre/environment"
)

// fixture is a door with a clock and descriptors of its own.
type fixture struct {
	*Door
	now         time.Time
	open, limit int
	log         strings.Builder
}

func newFixture(cfg Config) *fixture {
	f := &fixture{now: time.Unix(1000, 0), limit: 1024}
	clock := func() time.Time { return f.now }
	env := environment.Environment{Steady: clock, Log: slog.New(slog.NewTextHandler(&f.log, nil)), Metrics: prometheus.NewRegistry()}
	cfg.Name = "api"
	f.Door = New(env, cfg, Deps{
		Descriptors: &Descriptors{now: clock, limit: func() int { return f.limit }, count: func() (int, error) { return f.open, nil }},
		Metrics:     NewMetrics(env.Metrics),
	})
	return f
}

// socket is a connection from an address.
type socket struct {
	net.Conn
	from   string
	closed bool
}

func (c *socket) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(c.from), 4000))
}
func (c *socket) Close() error { c.closed = true; return nil }

// line is a listener that gives out connections and errors.
type line chan any

func (l line) Accept() (net.Conn, error) {
	switch x := (<-l).(type) {
	case net.Conn:
		return x, nil
	case error:
		return nil, x
	}
	return nil, net.ErrClosed
}
func (l line) Close() error   { return nil }
func (l line) Addr() net.Addr { return &net.TCPAddr{} }

// come has a connection come from each address, and returns those that are let in.
func (f *fixture) come(from ...string) (in []*Conn) {
	l := make(line, len(from))
	for _, a := range from {
		l <- &socket{from: a}
	}
	close(l)
	listener := f.Listener(l)
	for {
		c, err := listener.Accept()
		if err != nil {
			return in
		}
		in = append(in, c.(*Conn))
	}
}

func (f *fixture) refusals(reason string) int {
	return int(testutil.ToFloat64(f.metrics.refused.WithLabelValues("api", reason)))
}

func (f *fixture) connections() int {
	return int(testutil.ToFloat64(f.metrics.open.WithLabelValues("api")))
}

func want[N comparable](t *testing.T, what string, got, want N) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// hosts are n addresses, each in a network of its own.
func hosts(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("10.%d.%d.1", i/256, i%256))
	}
	return list
}

func times(n int, address string) []string {
	return strings.Fields(strings.Repeat(address+" ", n))
}

func TestConnectionsOfOneSourceAreBounded(t *testing.T) {
	f := newFixture(Config{PerSource: 5})
	in := f.come(times(8, "192.0.2.1")...)
	want(t, "let in", len(in), 5)
	want(t, "refused", f.refusals("source"), 3)
	want(t, "of another source", len(f.come("192.0.2.2")), 1)
	for _, c := range in {
		_, _ = c.Close(), c.Close() // counts once
	}
	want(t, "open after the end", f.connections(), 1)
	want(t, "let in again", len(f.come(times(5, "192.0.2.1")...)), 5)
}

func TestIPv6SourceIsANetworkOf64Bits(t *testing.T) {
	f := newFixture(Config{PerSource: 1})
	want(t, "let in", len(f.come("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")), 2)
}

func TestConnectionsInAllAreBounded(t *testing.T) {
	f := newFixture(Config{Connections: 10})
	want(t, "let in", len(f.come(hosts(15)...)), 10)
	want(t, "refused", f.refusals("all"), 5)
	want(t, "lines of the log", strings.Count(f.log.String(), "\n"), 1)
}

func TestPartOfDescriptorsBoundsADoor(t *testing.T) {
	f := newFixture(Config{Connections: 1000, PerSource: 1000, Part: 8})
	want(t, "let in of one", len(f.come(times(1000, "192.0.2.1")...)), 64)
	want(t, "let in of all", len(f.come(hosts(1000)...)), 64)
}

func TestWaitingConnectionMakesRoom(t *testing.T) {
	f := newFixture(Config{Connections: 4})
	in := f.come(append(times(3, "192.0.2.1"), "198.51.100.1")...)
	for _, c := range in {
		c.become(true)
	}
	in[0].become(false) // is being answered
	want(t, "let in of a third network", len(f.come("203.0.113.1")), 1)
	want(t, "the busy one is closed", in[0].Conn.(*socket).closed, false)
	want(t, "one of the network with the most places is closed", in[1].Conn.(*socket).closed || in[2].Conn.(*socket).closed, true)
	want(t, "the only one of its network is closed", in[3].Conn.(*socket).closed, false)
	want(t, "displaced", testutil.ToFloat64(f.metrics.displaced.WithLabelValues("api")), 1)
	want(t, "let in of the same network at once", len(f.come("192.0.2.2")), 0)
	want(t, "open", f.connections(), 4)
}

func TestConnectionWithoutProofGoesFirst(t *testing.T) {
	f := newFixture(Config{Connections: 3})
	in := f.come(hosts(3)...)
	for _, c := range in {
		c.become(true)
	}
	in[0].prove(true) // and has waited longest
	want(t, "let in at once", len(f.come("203.0.113.1")), 0)
	f.now = f.now.Add(patience)
	want(t, "let in later", len(f.come("203.0.113.1")), 1)
	want(t, "the proven one is closed", in[0].Conn.(*socket).closed, false)
}

func TestRequestsLeaveDescriptorsToCalls(t *testing.T) {
	f := newFixture(Config{Share: 2, Leave: ForCalls})
	f.open = 1024 - 1024/4
	want(t, "let in within the share", len(f.come(hosts(10)...)), 2)
	want(t, "refused", f.refusals("descriptors"), 8)
	f.open = 1024 - 1024/32
	f.now = f.now.Add(time.Second)
	for c := range f.waiting {
		_ = c.Close()
	}
	want(t, "let in when only the server's own are left", len(f.come(hosts(1)...)), 0)
}

func TestDescriptorsThatAreTakenCountAtOnce(t *testing.T) {
	f := newFixture(Config{Leave: ForLive})
	f.open = 1024 - 1024/8 - 3
	want(t, "let in", len(f.come(hosts(10)...)), 3)
	f.now = f.now.Add(countLife)
	want(t, "let in after the next look", len(f.come(hosts(10)...)), 3)
}

func TestLoweredLimitHoldsAtTheNextLook(t *testing.T) {
	f := newFixture(Config{})
	f.open = 100
	want(t, "let in", len(f.come(hosts(1)...)), 1)
	f.limit, f.now = 100, f.now.Add(countLife)
	want(t, "let in when the limit was lowered to what is open", len(f.come(hosts(1)...)), 0)
}

func TestAcceptingOutlastsWantOfDescriptors(t *testing.T) {
	f := newFixture(Config{})
	l := make(line, 3)
	l <- &net.OpError{Op: "accept", Err: syscall.EMFILE}
	l <- &socket{from: "192.0.2.1"}
	l <- net.ErrClosed
	listener := f.Listener(l)
	if _, err := listener.Accept(); err != nil {
		t.Errorf("got %v, want the connection after the failure", err)
	}
	if _, err := listener.Accept(); err == nil {
		t.Error("got no error of a closed listener")
	}
	want(t, "counted", f.refusals("accept"), 1)
}

func TestClosedListenerEndsAPause(t *testing.T) {
	l := make(line, 1)
	l <- syscall.EMFILE
	listener := newFixture(Config{}).Listener(l)
	_ = listener.Close()
	if _, err := listener.Accept(); err == nil {
		t.Error("got no error")
	}
}
