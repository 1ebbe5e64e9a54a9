package sip

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/admission"
	"timbre/admission/source"
	"timbre/environment"
	"timbre/sip/dialog"
	"timbre/sip/header"
	"timbre/sip/transport"
	"timbre/toll"
)

// changing is the admission of a bench, which a test may change the directory of without saying so, until settled is set.
type changing struct {
	*admission.Admission
	b *bench
}

func (c changing) changed() {
	if !c.b.settled {
		_ = c.Load(context.Background()) // a directory that fails is as it was
	}
}

func (c changing) Admit(ctx context.Context, r timbre.AccessRequest) (timbre.Access, error) {
	c.changed()
	return c.Admission.Admit(ctx, r)
}

func (c changing) Concerned(ctx context.Context, r timbre.AccessRequest) ([]string, error) {
	c.changed()
	return c.Admission.Concerned(ctx, r)
}

// changingSources is its source limiter.
type changingSources struct {
	*source.Limiter
	of changing
}

func (c changingSources) Message(o timbre.Origin, invite bool) timbre.Verdict {
	c.of.changed()
	return c.Limiter.Message(o, invite)
}

func (c changingSources) Known(from netip.Addr) bool {
	c.of.changed()
	return c.Limiter.Known(from)
}

func (c changingSources) Failed(o timbre.Origin) {
	c.of.changed()
	c.Limiter.Failed(o)
}

// bench is a server with everything around it faked but admission.
type bench struct {
	*Server
	dir     *directory
	admits  *admission.Admission
	settled bool
	calls   *calls
	media   *media
	sipLog  *sipLog
	reg     *prometheus.Registry
	sent    chan *gosip.Request                 // without listeners: what the server sends
	answer  func(req *gosip.Request) (code int) // to that; 0: there is none
}

func newBench(t testing.TB, listen ...string) *bench {
	t.Helper()
	return newBenchWith(t, func(*environment.Environment, *Config, *source.Config) {}, listen...)
}

// newBenchWith is newBench with changes to what the server is made of.
func newBenchWith(t testing.TB, change func(*environment.Environment, *Config, *source.Config), listen ...string) *bench {
	t.Helper()
	b := &bench{
		dir: loopback(), calls: newCalls(), media: &media{}, sipLog: &sipLog{}, reg: prometheus.NewRegistry(),
		sent: make(chan *gosip.Request, 100),
	}
	env, cfg := environment.Environment{Metrics: b.reg}, Config{Transport: transport.Config{Listen: listen, Certificate: shown}}
	if len(listen) > 0 {
		cfg.Transport.Authorities = trusting().RootCAs
	}
	limits := source.Config{}
	change(&env, &cfg, &limits)
	b.admits = admission.New(env, admission.Config{Sources: limits}, b.dir)
	_ = b.admits.Load(context.Background())
	b.answer = func(*gosip.Request) int { return gosip.StatusOK }
	deps := Deps{
		Admission: changing{b.admits, b}, Sources: changingSources{b.admits.Sources(), changing{b.admits, b}}, Routes: b.dir,
		Calls: b.calls, Media: b.media, SIPLog: b.sipLog, Tolls: toll.New(env, toll.Config{}, toll.Deps{}),
	}
	s, err := newServer(env, cfg, deps, func(s *transport.Stack) agent {
		if len(listen) == 0 {
			return unplugged{s, b}
		}
		return s
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Server, s.shutdownTimeout = s, 20*time.Millisecond
	return b
}

// unplugged is a stack whose requests go to the bench in place of the network.
type unplugged struct {
	*transport.Stack
	b *bench
}

func (u unplugged) Request(_ context.Context, req *gosip.Request) (gosip.ClientTransaction, error) {
	u.b.sent <- req
	code := u.b.answer(req)
	if code == 0 {
		return nil, errors.New("no response")
	}
	tx := answeredTx{responses: make(chan *gosip.Response, 2)}
	tx.responses <- gosip.NewResponseFromRequest(req, 100, "Trying", nil)
	res := gosip.NewResponseFromRequest(req, code, "", nil)
	if req.IsInvite() && res.IsSuccess() {
		dialog.SetSDP(res, []byte(strings.ReplaceAll(twoLines, "\n", "\r\n")))
	}
	tx.responses <- res
	return tx, nil
}

func (u unplugged) Write(*gosip.Request) error { return nil }

// answeredTx is a transaction of a request that has been answered.
type answeredTx struct {
	gosip.ClientTransaction
	responses chan *gosip.Response
}

func (t answeredTx) Responses() <-chan *gosip.Response        { return t.responses }
func (t answeredTx) Done() <-chan struct{}                    { return nil }
func (t answeredTx) OnRetransmission(gosip.FnTxResponse) bool { return true }
func (t answeredTx) Terminate()                               {}

// hangUp ends all recordings.
func (b *bench) hangUp() { b.recordings.Leave() }

// handle serves a request as if the SIP stack had parsed it.
func (b *bench) handle(req *gosip.Request, tx gosip.ServerTransaction) { b.stack.Serve(req, tx) }

// rejected is how many messages were rejected for a reason.
func (b *bench) rejected(reason string) float64 { return b.count("timbre_sip_rejected_total", reason) }

// count is the value of a metric with one label.
func (b *bench) count(name, label string) float64 {
	families, err := b.reg.Gather()
	if err != nil {
		panic(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && len(m.GetLabel()) == 1 && m.GetLabel()[0].GetValue() == label {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

// rest waits until no request is being handled.
func (b *bench) rest() {
	for b.stack.InFlight() > 0 {
		runtime.Gosched()
	}
}

// ask serves a request as if from 127.0.0.1, and returns its transaction.
func (b *bench) ask(t testing.TB, text string) *transaction {
	t.Helper()
	tx := newTransaction()
	b.handle(request(t, text), tx)
	return tx
}

func request(t testing.TB, text string) *gosip.Request {
	t.Helper()
	msg, err := header.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	req := msg.(*gosip.Request)
	req.SetTransport("UDP")
	req.SetSource("127.0.0.1:5099")
	return req
}
