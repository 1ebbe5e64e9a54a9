package transport

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// gateway listens for the connections of a stack, and counts them.
type gateway struct {
	net.Listener
	conns chan net.Conn
}

func newGateway(t testing.TB, config *tls.Config) gateway {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	g := gateway{l, make(chan net.Conn, 1000)}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				close(g.conns)
				return
			}
			if c, is := c.(*tls.Conn); is {
				go func() { _ = c.Handshake() }()
			}
			g.conns <- c
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	return g
}

// to is a request to a gateway by a network.
func to(t testing.TB, network string, destination net.Addr) *gosip.Request {
	t.Helper()
	req := request(t, strings.Replace(text("OPTIONS", "127.0.0.1:5099"), "SIP/2.0/UDP", "SIP/2.0/"+strings.ToUpper(network), 1))
	req.SetTransport(strings.ToUpper(network))
	req.SetDestination(destination.String())
	return req
}

// answer answers one request of a connection with whatever makes it of the 200 to it.
func answer(t testing.TB, c net.Conn, with func(ok string) string) {
	t.Helper()
	in := bufio.NewReader(c)
	var head strings.Builder
	for !strings.HasSuffix(head.String(), "\r\n\r\n") {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		head.WriteString(line)
	}
	ok := gosip.NewResponseFromRequest(request(t, head.String()), 200, "OK", nil).String()
	if _, err := io.WriteString(c, with(ok)); err != nil {
		t.Fatal(err)
	}
}

func same(ok string) string { return ok }

// expect waits for the response to a request.
func expect(t testing.TB, tx gosip.ClientTransaction, code int) {
	t.Helper()
	select {
	case res := <-tx.Responses():
		if res.StatusCode != code {
			t.Errorf("got %d, want %d", res.StatusCode, code)
		}
	case <-time.After(timeout):
		t.Errorf("got no response, want %d", code)
	}
}

func TestManyRequestsOpenOneConnection(t *testing.T) {
	s, _ := newStack(t, Config{}, ok)
	g := newGateway(t, nil)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			tx, err := s.Request(t.Context(), to(t, "tcp", g.Addr()))
			if err != nil {
				t.Error(err)
				return
			}
			tx.Terminate()
		})
	}
	all.Wait()
	<-g.conns
	if n := len(g.conns); n != 0 {
		t.Errorf("got %d connections besides the first, want none", n)
	}
}

// Whatever a connection that the server has opened brings is inspected before the SIP stack reads it.
func TestConnectionsThatAreOpenedAreInspected(t *testing.T) {
	s, _ := newStack(t, Config{}, ok)
	g := newGateway(t, nil)
	tx, err := s.Request(t.Context(), to(t, "tcp", g.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	answer(t, <-g.conns, func(ok string) string {
		return strings.Replace(ok, "To: ", "X-To: ", 1) + strings.Replace(ok, "SIP/2.0 200", "SIP/2.0 2000", 1) +
			strings.Replace(ok, "CSeq: 1", "CSeq: many", 1) + strings.Replace(ok, "Content-Length", "Contact: <sip:a@h>, <sip:b@h>\r\nContent-Length", 1)
	})
	expect(t, tx, 200)
	if n := testutil.ToFloat64(s.metrics.rejected.WithLabelValues("parse")); n != 3 {
		t.Errorf("got %v messages that cannot be read, want 3", n)
	}
}

// The SIP stack would open connections of its own, which nobody inspects: for a request, and to the host that a Via names for a response
// whose connection is gone.
func TestTheStackOpensNoConnection(t *testing.T) {
	s, _ := newStack(t, Config{}, ok)
	for _, network := range []string{"tcp", "tls"} {
		g := newGateway(t, nil)
		req := to(t, network, g.Addr())
		if tx, err := s.client.TransactionRequest(t.Context(), req, complete); err == nil {
			tx.Terminate()
			t.Errorf("%s: got a connection of the stack's, want none", network)
		}
		if n := len(g.conns); n != 0 {
			t.Errorf("%s: got %d connections, want none", network, n)
		}
	}
}

func TestAConnectionThatCannotBeOpened(t *testing.T) {
	s, _ := newStack(t, Config{}, ok)
	closed := newGateway(t, nil)
	_ = closed.Close()
	plain := newGateway(t, nil) // speaks no TLS
	go func() {
		for c := range plain.conns {
			_, _ = io.WriteString(c, "SIP/2.0 200 OK\r\n\r\n")
			_ = c.Close()
		}
	}()
	for name, req := range map[string]*gosip.Request{
		"nobody listens": to(t, "tcp", closed.Addr()), "no TLS": to(t, "tls", plain.Addr()), "no address": to(t, "tcp", name("gateway.example:5060")),
	} {
		if _, err := s.Request(t.Context(), req); err == nil {
			t.Errorf("%s: got no error", name)
		}
		if err := s.Write(req); err == nil {
			t.Errorf("%s: got no error of Write", name)
		}
	}
	if n := len(s.outbound["tcp"].open) + len(s.outbound["tls"].open); n != 0 {
		t.Errorf("got %d connections kept, want none", n)
	}
}

// name is an address that is none.
type name string

func (n name) Network() string { return "tcp" }
func (n name) String() string  { return string(n) }

// A server that an operator names in a route proves that name; one that a party to a call names proves its address.
func TestWhatACalledServerProves(t *testing.T) {
	certificate, authorities := certified(t, "gateway.example")
	s, _ := newStack(t, Config{Authorities: authorities}, ok)
	for _, c := range []struct {
		host, tag string
		proven    bool
	}{
		{"other.example", "", false},
		{"127.0.0.1", "", false},
		{"gateway.example", "theirs", false},
		{"gateway.example", "", true},
	} {
		g := newGateway(t, &tls.Config{Certificates: []tls.Certificate{certificate}})
		req := to(t, "tls", g.Addr())
		req.Recipient.Host = c.host
		if c.tag != "" {
			req.To().Params.Add("tag", c.tag)
		}
		tx, err := s.Request(t.Context(), req)
		if (err == nil) != c.proven {
			t.Errorf("%s, tag %q: got %v, want a connection: %v", c.host, c.tag, err, c.proven)
		}
		if err != nil {
			continue
		}
		answer(t, <-g.conns, same)
		expect(t, tx, 200)
	}
}

// certified is a certificate of a name, and the authority that vouches for it.
func certified(t *testing.T, host string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{host}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTheConnectionUsedLeastRecentlyMakesRoom(t *testing.T) {
	s, _ := newStack(t, Config{}, ok)
	open := func() *gosip.Request {
		l := newGateway(t, nil)
		req := to(t, "tcp", l.Addr())
		tx, err := s.Request(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		tx.Terminate()
		return req
	}
	first, second := open(), open()
	for range maxOutbound - 2 {
		open()
	}
	if tx, err := s.Request(t.Context(), to(t, "tcp", name(first.Destination()))); err == nil {
		tx.Terminate()
	}
	open()
	until(t, func() bool { return !s.Connected("tcp", second.Destination()) })
	if !s.Connected("tcp", first.Destination()) {
		t.Error("got the connection closed that was used last, want it open")
	}
}

func until(t *testing.T, is func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(timeout); !is(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("got no end")
		}
	}
}

func TestClosingEndsConnectionsThatAreBeingOpened(t *testing.T) {
	s, _ := newStack(t, Config{}, ok)
	silent := newGateway(t, nil) // takes the connection, and shakes no hand
	failed := make(chan error, 1)
	go func() {
		_, err := s.Request(context.Background(), to(t, "tls", silent.Addr()))
		failed <- err
	}()
	<-silent.conns
	began := time.Now()
	_ = s.Close()
	if err := <-failed; err == nil || time.Since(began) > dialTimeout/2 {
		t.Errorf("got %v after %s, want an error at once", err, time.Since(began))
	}
	if _, err := s.Request(t.Context(), to(t, "tcp", silent.Addr())); err == nil {
		t.Error("got a connection after the end, want none")
	}
}

// Writes to a peer that does not read wait for each other, and none gives the peer more time than the first one had.
func TestWritesDoNotProlongEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		c := newWriteTimeoutConn(near)
		began := time.Now()
		errs := make(chan error, 100)
		for n := range cap(errs) {
			go func() {
				<-time.After(time.Duration(n) * time.Second / 5)
				_, err := c.Write([]byte("x"))
				errs <- err
			}()
		}
		if err := <-errs; !os.IsTimeout(err) || time.Since(began) != writeTimeout {
			t.Errorf("got %v after %s, want a timeout after %s", err, time.Since(began), writeTimeout)
		}
		for range cap(errs) - 1 {
			if err := <-errs; err == nil {
				t.Error("got a write after one that has failed, want none: the peer has a part of a message")
			}
		}
		if last := time.Since(began); last > 20*time.Second {
			t.Errorf("got the last failure after %s, want each at once", last)
		}
	})
}

func FuzzCalled(f *testing.F) {
	s, _ := newStack(f, Config{}, ok)
	from := netip.MustParseAddr("192.0.2.1")
	for _, seed := range []string{
		"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKx\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContact: <sip:a@h>, <sip:b@h>\r\nContent-Length: 0\r\n\r\n",
		"SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", "\r\n\r\n", text("BYE", "192.0.2.1:5060"),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		near, far := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, far) }() // responses
		go func() {
			_, _ = far.Write(data)
			_ = far.Close()
		}()
		c := s.frame(near, &inspector{stack: s, from: from, called: true})
		read, err := io.ReadAll(c)
		if err != nil {
			t.Fatal(err)
		}
		_ = near.Close()
		stream := s.parser.NewSIPStream()
		if len(read) == 0 {
			return
		}
		if err := stream.ParseSIPStream(read, func(m gosip.Message) {
			if err := mandatory(m); err != nil {
				t.Errorf("got %v to the stack, want it whole", err)
			}
		}); err != nil && strings.Trim(string(read), "\r\n") != "" {
			t.Errorf("got %v for what has been inspected: %q", err, fmt.Sprintf("%.500q", read))
		}
	})
}

// The stack closes a connection under the lock by which others are found: neither waits for the other for good.
func TestAConnectionEndsWhileOthersAreAskedFor(t *testing.T) {
	s, _ := newStack(t, Config{}, ok)
	g := newGateway(t, nil)
	at := netip.MustParseAddrPort(g.Addr().String())
	o, pool, closing := s.outbound["tcp"], s.ua.TransportLayer().Pool("tcp"), make(chan struct{})
	c := &ending{close: func() {
		close(closing)
		<-time.After(50 * time.Millisecond) // others are being asked for
		o.forget(nil, at)
	}}
	ended := make(chan error, 2)
	go func() { ended <- pool.CloseAndDelete(c, "192.0.2.1:5060") }()
	<-closing
	go func() { ended <- o.connect(t.Context(), at, "") }()
	for range cap(ended) {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(timeout):
			t.Fatal("got two that wait for each other")
		}
	}
}

// ending is a connection of the stack's whose end takes a while.
type ending struct {
	gosip.Connection
	close func()
}

func (e *ending) TryClose() (int, error) { return 1, nil }

func (e *ending) Close() error {
	e.close()
	return nil
}
