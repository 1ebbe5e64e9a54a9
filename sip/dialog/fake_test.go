package dialog

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

// fakeAgent is a SIP stack whose network is the test.
type fakeAgent struct {
	sent      chan *clientTx
	acks      chan *gosip.Request
	connected bool
	broken    bool
	busy      sync.WaitGroup
	mu        sync.Mutex
	noted     []string // start lines
}

func newAgent() *fakeAgent {
	return &fakeAgent{sent: make(chan *clientTx, 9), acks: make(chan *gosip.Request, 9)}
}

func (a *fakeAgent) Request(_ context.Context, req *gosip.Request) (gosip.ClientTransaction, error) {
	if a.broken {
		return nil, errors.New("unreachable")
	}
	tx := &clientTx{req: req, responses: make(chan *gosip.Response, 9), done: make(chan struct{})}
	a.sent <- tx
	return tx, nil
}

func (a *fakeAgent) Write(ack *gosip.Request) error { a.acks <- ack; return nil }
func (a *fakeAgent) Connected(string, string) bool  { return a.connected }
func (a *fakeAgent) Do(f func()) bool               { a.busy.Go(f); return true }

func (a *fakeAgent) LogMessage(_ string, m gosip.Message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	line, _, _ := strings.Cut(m.String(), "\r\n")
	a.noted = append(a.noted, line)
}

// clientTx is a request of the dialog, which the test answers.
type clientTx struct {
	req       *gosip.Request
	responses chan *gosip.Response
	done      chan struct{}
	err       error
	repeated  gosip.FnTxResponse
}

func (c *clientTx) Responses() <-chan *gosip.Response          { return c.responses }
func (c *clientTx) Done() <-chan struct{}                      { return c.done }
func (c *clientTx) Err() error                                 { return c.err }
func (c *clientTx) Terminate()                                 {}
func (c *clientTx) OnTerminate(gosip.FnTxTerminate) bool       { return true }
func (c *clientTx) OnRetransmission(f gosip.FnTxResponse) bool { c.repeated = f; return true }

func (c *clientTx) response(code int, tag string, headers ...string) *gosip.Response {
	res := gosip.NewResponseFromRequest(c.req, code, "Says The Peer", nil)
	res.To().Params.Add("tag", tag)
	res.AppendHeader(gosip.NewHeader("Contact", "<sip:peer@192.0.2.2:5070>"))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		res.AppendHeader(gosip.NewHeader(name, value))
	}
	res.SetBody(nil)
	m, err := gosip.ParseMessage([]byte(res.String()))
	if err != nil {
		panic(err)
	}
	return m.(*gosip.Response)
}

func (c *clientTx) answer(code int, headers ...string) {
	c.responses <- c.response(code, "theirs", headers...)
}

// serverTx is a request to the dialog.
type serverTx struct {
	responses chan *gosip.Response
	acks      chan *gosip.Request
}

func newServerTx() *serverTx {
	return &serverTx{responses: make(chan *gosip.Response, 99), acks: make(chan *gosip.Request)}
}

func (s *serverTx) Respond(res *gosip.Response) error    { s.responses <- res; return nil }
func (s *serverTx) Acks() <-chan *gosip.Request          { return s.acks }
func (s *serverTx) OnCancel(gosip.FnTxCancel) bool       { return true }
func (s *serverTx) Done() <-chan struct{}                { return nil }
func (s *serverTx) Err() error                           { return nil }
func (s *serverTx) Terminate()                           {}
func (s *serverTx) OnTerminate(gosip.FnTxTerminate) bool { return true }

// invite parses an INVITE to uri from contact, with more headers.
func invite(t *testing.T, uri, contact string, headers ...string) *gosip.Request {
	t.Helper()
	return request(t, "INVITE", 1, "", append([]string{"Contact: <" + contact + ">"}, headers...), uri)
}

// request parses a request of the peer; tag is the one of To.
func request(t *testing.T, method string, seq int, tag string, headers []string, uri string) *gosip.Request {
	t.Helper()
	to := "<sip:b@192.0.2.9>"
	if tag != "" {
		to += ";tag=" + tag
	}
	text := fmt.Sprintf("%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK%d\r\nFrom: <sip:a@192.0.2.1>;tag=theirs\r\nTo: %s\r\n"+
		"Call-ID: c\r\nCSeq: %d %s\r\n", method, uri, seq, to, seq, method)
	for _, h := range headers {
		text += h + "\r\n"
	}
	m, err := gosip.ParseMessage([]byte(text + "Content-Length: 0\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	req := m.(*gosip.Request)
	req.SetTransport("UDP")
	return req
}

func config(a *fakeAgent) Config {
	return Config{
		Agent: a, Connector: "vc", Network: "udp", Allow: "INVITE, ACK, BYE", Supported: "timer",
		Endpoint: transport.Endpoint{Advertised: netip.MustParseAddrPort("192.0.2.9:5060")}, Peer: netip.MustParseAddrPort("192.0.2.1:5060"),
	}
}

// call is the dialog of an INVITE of this side, which has been sent.
func call(t *testing.T, a *fakeAgent) (*Dialog, *Transaction, *clientTx) {
	t.Helper()
	from := gosip.FromHeader{Address: gosip.Uri{Scheme: "sip", User: "us", Host: "192.0.2.9"}}
	to := gosip.ToHeader{Address: gosip.Uri{Scheme: "sip", User: "peer", Host: "192.0.2.1"}}
	d := NewUAC(config(a), from, to, to.Address)
	tx, err := d.Send(t.Context(), d.Request(gosip.INVITE))
	if err != nil {
		t.Fatal(err)
	}
	return d, tx, <-a.sent
}

// bubble runs a test on a clock that moves when everybody waits, and waits for what it has started.
func bubble(t *testing.T, f func(t *testing.T, a *fakeAgent)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := newAgent()
		f(t, a)
		a.busy.Wait()
	})
}
