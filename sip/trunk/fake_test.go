package trunk

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/environment"
	"timbre/sip/dialog/dialogtest"
	"timbre/sip/transport"
)

// bench is a B2BUA with everything around it faked: no network, and a clock that moves when all goroutines wait.
type bench struct {
	*B2BUA
	t       *testing.T
	agent   *fakeAgent
	calls   *fakeCalls
	media   *fakeMedia
	log     *fakeLog
	tolls   *fakeTolls
	access  timbre.Access     // of callers
	tags    map[string]string // of the connector
	stop    context.CancelFunc
	running sync.WaitGroup
	seq     int
	invited *gosip.Request // the last INVITE to a gateway, by serve
}

// in runs a test on a bench, and checks that it leaves nothing behind.
func in(t *testing.T, cfg Config, f func(t *testing.T, h *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		h := &bench{t: t, stop: stop, agent: newFakeAgent(), calls: &fakeCalls{}, media: &fakeMedia{}, log: &fakeLog{}, tolls: &fakeTolls{}}
		cfg.Header = "X-Transaction"
		env := environment.Environment{Metrics: prometheus.NewRegistry()}
		h.B2BUA = New(ctx, env, cfg, Deps{Agent: h.agent, Calls: h.calls, Media: h.media, Log: h.log, Tolls: h.tolls})
		h.running.Go(func() { h.Run(ctx) })
		f(t, h)
		stop()
		h.Leave(ctx)
		h.agent.Wait()
		h.running.Wait()
		if n := h.live.size(); n != 0 {
			t.Errorf("got %v live calls at the end, want 0", n)
		}
		if n := h.media.open(); n != 0 {
			t.Errorf("got %d open streams at the end, want 0", n)
		}
	})
}

// wantCalls checks which calls were begun and ended.
func (h *bench) wantCalls(want string) {
	h.t.Helper()
	if got := h.calls.log(); got != want {
		h.t.Errorf("got calls %q, want %q", got, want)
	}
}

// fakeAgent is a SIP stack whose network is the test.
type fakeAgent struct {
	*dialogtest.Agent
	unserved map[string]bool         // networks without a listener
	hosts    map[string][]netip.Addr // by name
}

func newFakeAgent() *fakeAgent {
	a := dialogtest.NewAgent("gateway", "<sip:gw@198.51.100.1:5060>")
	return &fakeAgent{Agent: a, unserved: map[string]bool{}, hosts: map[string][]netip.Addr{}}
}

func (a *fakeAgent) Endpoint(network string, _ netip.AddrPort) (transport.Endpoint, bool) {
	at := netip.MustParseAddrPort("192.0.2.100:5060")
	return transport.Endpoint{Addr: at, Advertised: at}, !a.unserved[network]
}

func (a *fakeAgent) Lookup(_ context.Context, host string) ([]netip.Addr, error) {
	if at, ok := a.hosts[host]; ok {
		return at, nil
	}
	return nil, errors.New("no such host")
}

// fakeCalls records what is begun and ended.
type fakeCalls struct {
	mu         sync.Mutex
	begun      []timbre.Call
	ended      []string
	missed     []timbre.Call
	receptions []*timbre.Reception // of the last missed one
	begin      func() error
	hear       timbre.LegListener
	announced  []string
}

// dropped is a listener that drops its frames and its meter.
type dropped struct{}

func (dropped) Frame(timbre.Frame) {}

func (dropped) SetMeter(timbre.ReceptionMeter) {}

func (c *fakeCalls) Answered(_ context.Context, txid string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.announced = append(c.announced, txid)
	return nil
}

func (c *fakeCalls) Reserve(_ context.Context, call timbre.Call) (string, []timbre.LegListener, error) {
	if c.begin != nil {
		if err := c.begin(); err != nil {
			return "", nil, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begun = append(c.begun, call)
	var hear timbre.LegListener = dropped{}
	if c.hear != nil {
		hear = c.hear
	}
	return fmt.Sprintf("tx-%d", len(c.begun)), []timbre.LegListener{hear, hear}, nil
}

func (c *fakeCalls) End(_ context.Context, txid, failure string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.Contains(c.announced, txid) {
		c.ended = append(c.ended, strings.TrimSpace(txid+" "+failure))
	}
	return nil
}

func (c *fakeCalls) Missed(call timbre.Call, receptions []*timbre.Reception) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.missed, c.receptions = append(c.missed, call), receptions
}

// reported are the calls that Missed was called for, and the receptions of the last one.
func (c *fakeCalls) reported() ([]timbre.Call, []*timbre.Reception) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.missed), c.receptions
}

func (c *fakeCalls) log() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprintf("%d begun, ended %s", len(c.begun), strings.Join(c.ended, ", "))
}

// fakeMedia opens streams without sockets: on ports from 20000 for callers, from 30000 for gateways.
type fakeMedia struct {
	mu    sync.Mutex
	pairs []*fakePair
	err   error
}

type fakePair struct {
	hear [2]timbre.Listener
	ends [2]*fakeStream
}

type fakeStream struct {
	m       *fakeMedia
	port    int
	specs   []timbre.Media
	packets uint64
	closed  bool
}

func (m *fakeMedia) Pair(a, b timbre.Media, hearA, hearB timbre.Listener) (timbre.MediaStream, timbre.MediaStream, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return nil, nil, m.err
	}
	n := 2 * len(m.pairs)
	p := &fakePair{[2]timbre.Listener{hearA, hearB}, [2]*fakeStream{{m: m, port: 20000 + n, specs: []timbre.Media{a}}, {m: m, port: 30000 + n, specs: []timbre.Media{b}}}}
	m.pairs = append(m.pairs, p)
	return p.ends[0], p.ends[1], nil
}

func (m *fakeMedia) Fingerprint() string { return "sha-256 AB:CD" }

func (m *fakeMedia) open() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.pairs {
		for _, e := range p.ends {
			if !e.closed {
				n++
			}
		}
	}
	return n
}

// spec is the last one that a stream was given.
func (m *fakeMedia) spec(pair, which int) timbre.Media {
	m.mu.Lock()
	defer m.mu.Unlock()
	specs := m.pairs[pair].ends[which].specs
	return specs[len(specs)-1]
}

func (m *fakeMedia) packet(pair, which int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pairs[pair].ends[which].packets++
}

func (f *fakeStream) Port() int { return f.port }
func (f *fakeStream) Update(s timbre.Media) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.specs = append(f.specs, s)
}

func (f *fakeStream) Reception() timbre.Reception {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	return timbre.Reception{Packets: f.packets}
}

func (f *fakeStream) Close() {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.closed = true
}

type fakeLog struct {
	mu         sync.Mutex
	receptions []timbre.Reception
}

func (d *fakeLog) Reception(_ string, r timbre.Reception) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.receptions = append(d.receptions, r)
}

// audio is a description of one stream at a port of an address.
func audio(address string, port int, lines ...string) string {
	s := fmt.Sprintf("v=0\no=- 1 1 IN IP4 %s\ns=-\nc=IN IP4 %s\nt=0 0\nm=audio %d RTP/AVP 0 101\na=rtpmap:0 PCMU/8000\na=rtpmap:101 telephone-event/8000\n", address, address, port)
	for _, l := range lines {
		s += l + "\n"
	}
	return s
}

const (
	ann = "203.0.113.1" // the caller
	gw  = "198.51.100.1"
)

// wait returns what has arrived once all goroutines wait. It fails when nothing has.
func wait[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	synctest.Wait()
	select {
	case v := <-from:
		return v
	default:
		t.Fatalf("got no %T, want one", *new(T))
		panic("unreachable")
	}
}

// none checks that nothing has arrived once all goroutines wait.
func none[T any](t *testing.T, from <-chan T) {
	t.Helper()
	synctest.Wait()
	select {
	case v := <-from:
		t.Fatalf("got %v, want nothing", v)
	default:
	}
}

// advance lets time pass.
func advance(d time.Duration) { <-time.After(d) }
