package transport

import (
	"context"
	"crypto/rand"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/environment"
	"timbre/sip/header"
)

// timeout is how long a test waits for what has to come. Nothing is measured by it.
const timeout = 10 * time.Second

// verdicts are Sources that a test sets.
type verdicts struct {
	mu      sync.Mutex
	unknown bool // every source
	banned  bool // every source
	busy    bool // INVITEs are answered 503
	brief   bool // every message is to be answered briefly
	failed  []timbre.Origin
	proven  []netip.Addr
	asked   []netip.Addr
}

func (v *verdicts) Message(_ timbre.Origin, invite bool) timbre.Verdict {
	switch {
	case v.busy && invite:
		return timbre.Shed
	case v.banned:
		return timbre.Dropped
	case v.brief:
		return timbre.ReadBriefly
	}
	return timbre.Read
}
func (v *verdicts) Listener(l net.Listener) net.Listener { return l }
func (v *verdicts) Known(netip.Addr) bool                { return !v.unknown }
func (v *verdicts) Banned(netip.Addr) bool               { return v.banned }

func (v *verdicts) Echoed(from netip.Addr, nonce string) bool {
	return nonce == "told "+from.String()
}

func (v *verdicts) Failed(o timbre.Origin) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.failed = append(v.failed, o)
}

func (v *verdicts) Asked(to netip.Addr) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = append(v.asked, to)
}

func (v *verdicts) Proven(from netip.Addr) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.proven = append(v.proven, from)
}

// ok answers every request but ACK with 200.
func ok(req *gosip.Request, tx gosip.ServerTransaction) {
	if !req.IsAck() {
		_ = tx.Respond(gosip.NewResponseFromRequest(req, 200, "OK", nil))
	}
}

func newStack(t testing.TB, cfg Config, handle Handler) (*Stack, *verdicts) {
	t.Helper()
	v := &verdicts{}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = 256 << 10
	}
	s, err := New(environment.Environment{}, cfg, Deps{Sources: v, Handle: handle, SIPLog: &lines{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, v
}

// run binds and serves a stack, and returns where Run's error goes.
func run(t testing.TB, s *Stack) chan error {
	t.Helper()
	if _, err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(context.Background()) }()
	return done
}

// text is a request of a method, from a peer's address.
func text(method, peer string) string {
	return strings.Join([]string{
		method + " sip:timbre@127.0.0.1 SIP/2.0",
		"Via: SIP/2.0/UDP " + peer + ";branch=z9hG4bK" + method + rand.Text(),
		"From: <sip:ann@127.0.0.1>;tag=theirs",
		"To: <sip:timbre@127.0.0.1>",
		"Call-ID: call-1",
		"CSeq: 1 " + method,
		"Max-Forwards: 70",
		"Contact: <sip:ann@" + peer + ">;+sip.src",
		"Content-Length: 0", "", "",
	}, "\r\n")
}

// ask sends a request and returns the status line of the response.
func ask(t testing.TB, conn net.Conn, method string) string {
	t.Helper()
	if _, err := conn.Write([]byte(text(method, conn.LocalAddr().String()))); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1<<16)
	_ = conn.SetReadDeadline(time.Now().Add(timeout))
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(buf[:n]), "\r\n")
	return line
}

func dial(t testing.TB, s *Stack, network string) net.Conn {
	t.Helper()
	conn, err := net.Dial(network, s.Addr(network).String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func request(t testing.TB, message string) *gosip.Request {
	t.Helper()
	msg, err := header.Parse([]byte(message))
	if err != nil {
		t.Fatalf("%v in\n%s", err, message)
	}
	req := msg.(*gosip.Request)
	req.SetTransport("UDP")
	req.SetSource("127.0.0.1:5099")
	return req
}

// transaction is a server transaction without a network.
type transaction struct {
	gosip.ServerTransaction
	responses  []*gosip.Response
	terminated int
}

func (t *transaction) Respond(res *gosip.Response) error {
	t.responses = append(t.responses, res)
	return nil
}

func (t *transaction) Terminate() { t.terminated++ }
