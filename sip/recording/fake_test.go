package recording

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/environment"
	"timbre/sip/dialog"
	"timbre/sip/dialog/dialogtest"
	"timbre/sip/header"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// bench is a server with everything around it faked: no network, and a clock that moves when all goroutines wait.
type bench struct {
	*Server
	t     *testing.T
	agent *dialogtest.Agent
	calls *fakeCalls
	over  int
	admit func() *transport.Refusal
}

// in runs a test on a bench, and checks that it leaves nothing behind.
func in(t *testing.T, cfg Config, f func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(context.Background())
		b := &bench{t: t, agent: dialogtest.NewAgent("client", "<sip:src@192.0.2.1:5060>"), calls: &fakeCalls{}}
		b.admit = func() *transport.Refusal { return nil }
		cfg.Header = "X-Transaction"
		b.Server = New(ctx, environment.Environment{}, cfg, Deps{Agent: b.agent, Calls: b.calls, Media: &fakeMedia{}, Log: b.calls})
		f(t, b)
		stop()
		b.Leave()
		b.agent.Wait()
		if n := b.Len(); n != 0 {
			t.Errorf("got %d sessions at the end, want 0", n)
		}
	})
}

const (
	description = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
	ours        = "192.0.2.9:5060"
)

// request parses a request of the client; tag is the one of To.
func (b *bench) request(method string, seq int, tag, body string, headers ...string) *gosip.Request {
	b.t.Helper()
	to := "<sip:vc@192.0.2.9>"
	if tag != "" {
		to += ";tag=" + tag
	}
	lines := append([]string{
		method + " sip:vc@192.0.2.9 SIP/2.0", fmt.Sprintf("Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK%s%d", method, seq),
		"From: <sip:ann@192.0.2.1>;tag=client", "To: " + to, "Call-ID: c", fmt.Sprintf("CSeq: %d %s", seq, method),
		"Contact: <sip:src@192.0.2.1:5060>;+sip.src",
	}, headers...)
	if body != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	m, err := header.Parse([]byte(strings.Join(append(lines, fmt.Sprintf("Content-Length: %d", len(body)), "", body), "\r\n")))
	if err != nil {
		b.t.Fatal(err)
	}
	req := m.(*gosip.Request)
	req.SetTransport("UDP")
	return req
}

// invite sends an INVITE and returns its transaction once the server has worked on it.
func (b *bench) invite(body string, headers ...string) *dialogtest.ServerTx {
	b.t.Helper()
	req, tx := b.request("INVITE", 1, "", body, headers...), dialogtest.NewServerTx()
	parsed, err := siprec.ReadMessage(req)
	if err != nil {
		b.t.Fatal(err)
	}
	at := netip.MustParseAddrPort(ours)
	go b.Invite(Incoming{Body: parsed, Admit: func() *transport.Refusal { return b.admit() }, Incoming: dialog.Incoming{
		Request: req, Tx: tx, Connector: timbre.Connector{ID: "vc"}, Source: netip.MustParseAddrPort("192.0.2.1:5060"),
		Endpoint: transport.Endpoint{Addr: at, Advertised: at}, Over: func() { b.over++ },
	}})
	synctest.Wait()
	return tx
}

// ask sends a request in the dialog and returns its transaction.
func (b *bench) ask(method string, seq int, tag, body string, headers ...string) *dialogtest.ServerTx {
	b.t.Helper()
	tx := dialogtest.NewServerTx()
	req := b.request(method, seq, tag, body, headers...)
	go b.Request(req, tx)
	synctest.Wait()
	return tx
}

// expect is the next response, which has to have a status code.
func (b *bench) expect(tx *dialogtest.ServerTx, code int) *gosip.Response {
	b.t.Helper()
	synctest.Wait()
	select {
	case res := <-tx.Responses:
		if res.StatusCode != code {
			b.t.Fatalf("got\n%s\nwant %d", res, code)
		}
		return res
	default:
		b.t.Fatalf("got no response, want %d", code)
		panic("unreachable")
	}
}

// answered is a session whose INVITE is acknowledged. It returns the local tag.
func (b *bench) answered(headers ...string) (tag string) {
	b.t.Helper()
	tag = b.expect(b.invite(description, headers...), 200).To().Params.GetOr("tag", "")
	b.ask("ACK", 1, tag, "")
	return tag
}

// fakeCalls records what is begun, updated and ended.
type fakeCalls struct {
	mu  sync.Mutex
	log []string
}

func (c *fakeCalls) record(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

func (c *fakeCalls) all() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.log, ", ")
}

func (c *fakeCalls) Answered(context.Context, string) error {
	c.record("begin")
	return nil
}

func (c *fakeCalls) Reserve(_ context.Context, call timbre.Call) (string, []timbre.LegListener, error) {
	var legs []timbre.LegListener
	for range call.Legs {
		legs = append(legs, dropped{})
	}
	return "tx-1", legs, nil
}

// dropped is a listener that drops its frames and its meter.
type dropped struct{}

func (dropped) Frame(timbre.Frame)             {}
func (dropped) SetMeter(timbre.ReceptionMeter) {}

func (c *fakeCalls) Update(context.Context, string, timbre.Change) ([]timbre.LegListener, error) {
	c.record("update")
	return nil, nil
}

func (c *fakeCalls) End(_ context.Context, id, failure string) error {
	c.record("end %s %s", id, failure)
	return nil
}

func (c *fakeCalls) Reception(string, timbre.Reception) {}

// fakeMedia opens streams without sockets.
type fakeMedia struct{}

func (fakeMedia) Fingerprint() string { return "sha-256 AB:CD" }

func (fakeMedia) Open(timbre.Media, timbre.Listener) (timbre.MediaStream, error) {
	return fakeStream{}, nil
}

type fakeStream struct{}

func (fakeStream) Port() int                   { return 20000 }
func (fakeStream) Update(timbre.Media)         {}
func (fakeStream) Reception() timbre.Reception { return timbre.Reception{} }
func (fakeStream) Close()                      {}
