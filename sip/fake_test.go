package sip

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/admission"
	"timbre/admission/source"
	"timbre/environment"
	"timbre/sip/transport"
)

const connectorID = "abcdef1ghij2klmno3pqr4"

// directory holds connectors with their terminations.
type directory struct {
	connectors   map[string]timbre.Connector
	terminations map[string]timbre.Termination
	originations map[string]timbre.Origination
	credentials  map[string]map[string]timbre.Credential // connector, username
	err          error
}

func (d *directory) Connector(_ context.Context, id string) (timbre.Connector, error) {
	if c, ok := d.connectors[id]; ok || d.err != nil {
		return c, d.err
	}
	return timbre.Connector{}, timbre.Errorf(timbre.NotFound, "", "no connector")
}

func (d *directory) Origination(_ context.Context, id string) (timbre.Origination, error) {
	if o, ok := d.originations[id]; ok {
		return o, nil
	}
	return timbre.Origination{}, timbre.Errorf(timbre.NotFound, "", "no origination")
}

func (d *directory) ListConnectors(context.Context, timbre.Page) ([]timbre.Connector, error) {
	var all []timbre.Connector
	for _, c := range d.connectors {
		all = append(all, c)
	}
	return all, d.err
}

func (d *directory) Termination(_ context.Context, id string) (timbre.Termination, error) {
	if t, ok := d.terminations[id]; ok {
		return t, nil
	}
	return timbre.Termination{}, timbre.Errorf(timbre.NotFound, "", "no termination")
}

func (d *directory) Usernames(_ context.Context, id string) (names []string, err error) {
	for name := range d.credentials[id] {
		names = append(names, name)
	}
	return names, d.err
}

func (d *directory) Credential(_ context.Context, id, username string) (timbre.Credential, error) {
	if c, ok := d.credentials[id][username]; ok {
		return c, nil
	}
	return timbre.Credential{}, timbre.Errorf(timbre.NotFound, "", "no credential")
}

// loopback is a directory with one connector that takes calls from this machine.
func loopback() *directory {
	return &directory{
		connectors:   map[string]timbre.Connector{connectorID: {ID: connectorID}},
		terminations: map[string]timbre.Termination{connectorID: {CIDRs: []string{"127.0.0.0/8"}}},
	}
}

// calls records its events, whose texts go to events in order.
type calls struct {
	mu      sync.Mutex
	n       int
	begun   []timbre.Call
	updates []timbre.Change
	update  error                // of updates
	known   []int                // indexes of legs, of all calls
	added   []timbre.LegListener // that updates gave
	events  chan string
	begin   func() error // called before a call begins; nil: nothing
	legs    int          // listeners to return; 0: as many as legs
}

func newCalls() *calls { return &calls{events: make(chan string, 1000)} }

// discard is a listener.
type discard struct{}

func (discard) Frame(timbre.Frame)             {}
func (discard) SetMeter(timbre.ReceptionMeter) {}

func (c *calls) Begin(_ context.Context, call timbre.Call) (string, []timbre.LegListener, error) {
	c.mu.Lock()
	begin := c.begin
	c.mu.Unlock()
	if begin != nil {
		if err := begin(); err != nil {
			return "", nil, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	c.begun = append(c.begun, call)
	for _, l := range call.Legs {
		c.known = append(c.known, l.Index)
	}
	n := len(call.Legs)
	if c.legs > 0 {
		n = c.legs
	}
	txid := fmt.Sprintf("tx-%d", c.n)
	c.events <- "begin " + txid
	listeners := make([]timbre.LegListener, n)
	for i := range listeners {
		listeners[i] = discard{}
	}
	return txid, listeners, nil
}

func (c *calls) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.begun)
}

func (c *calls) onBegin(f func() error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begin = f
}

func (c *calls) Update(_ context.Context, txid string, change timbre.Change) ([]timbre.LegListener, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change.Headers = maps.Clone(change.Headers)
	c.updates = append(c.updates, change)
	c.events <- "update " + txid
	if c.update != nil {
		return nil, c.update
	}
	var added []timbre.LegListener
	for _, l := range change.Legs {
		if !slices.Contains(c.known, l.Index) {
			c.known, added = append(c.known, l.Index), append(added, &counter{})
		}
	}
	c.added = append(c.added, added...)
	return added, nil
}

// counter is a listener that counts frames.
type counter struct {
	frames atomic.Int32
	meter  timbre.ReceptionMeter
}

func (e *counter) SetMeter(m timbre.ReceptionMeter) { e.meter = m }

func (e *counter) Frame(timbre.Frame) { e.frames.Add(1) }

func (c *calls) End(_ context.Context, txid, failure string) error {
	c.events <- strings.TrimSpace("end " + txid + " " + failure)
	return nil
}

func (c *calls) Missed(timbre.Call, []*timbre.Reception) {}

func (c *calls) call(i int) timbre.Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.begun[i]
}

// media opens streams on ports that are only numbers.
type media struct {
	mu      sync.Mutex
	streams []*fakeStream
	fail    int // the Open that fails, from 1; 0: none
	panics  bool
	mute    bool // no packets are received
}

type fakeStream struct {
	reads  uint64
	m      *media
	port   int
	specs  []timbre.Media
	to     timbre.Listener
	closed bool
}

func (m *media) Open(s timbre.Media, to timbre.Listener) (timbre.MediaStream, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.panics {
		panic("media")
	}
	if to == nil || m.fail == len(m.streams)+1 {
		return nil, timbre.Errorf(timbre.Unavailable, "media", "no port is free")
	}
	f := &fakeStream{m: m, port: 20000 + 2*len(m.streams), specs: []timbre.Media{s}, to: to}
	m.streams = append(m.streams, f)
	return f, nil
}

func (m *media) Fingerprint() string { return "sha-256 AB:CD" }

func (f *fakeStream) Port() int { return f.port }

// Pair opens the two streams of a bridged call.
func (m *media) Pair(a, b timbre.Media, toA, toB timbre.Listener) (timbre.MediaStream, timbre.MediaStream, error) {
	sa, err := m.Open(a, toA)
	if err != nil {
		return nil, nil, err
	}
	sb, err := m.Open(b, toB)
	return sa, sb, err
}

// Reception grows by 50 packets, one of them lost, each time that it is read.
func (f *fakeStream) Reception() timbre.Reception {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if f.m.mute {
		return timbre.Reception{}
	}
	f.reads++
	return timbre.Reception{Packets: 50 * f.reads, Lost: f.reads, Jitter: 3 * time.Millisecond}
}

func (f *fakeStream) Update(s timbre.Media) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.specs = append(f.specs, s)
}

func (f *fakeStream) Close() {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.closed = true
}

// specs are the descriptions of a stream, the first and its updates.
func (m *media) specs(i int) []timbre.Media {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]timbre.Media(nil), m.streams[i].specs...)
}

func (m *media) open() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.streams {
		if !s.closed {
			n++
		}
	}
	return n
}

// transaction is a server transaction without a network.
type transaction struct {
	mu        sync.Mutex
	responses []*gosip.Response
	acks      chan *gosip.Request
	done      chan struct{}
	onCancel  func(*gosip.Request)
	onRespond func(*gosip.Response) // called at each response; nil: nothing
	broken    bool
}

func newTransaction() *transaction {
	return &transaction{acks: make(chan *gosip.Request), done: make(chan struct{})}
}

func (t *transaction) Respond(res *gosip.Response) error {
	t.mu.Lock()
	t.responses = append(t.responses, res)
	hook := t.onRespond
	t.mu.Unlock()
	if hook != nil {
		hook(res)
	}
	if t.broken {
		return errors.New("broken")
	}
	return nil
}

func (t *transaction) OnCancel(f gosip.FnTxCancel) bool       { t.onCancel = f; return true }
func (t *transaction) Acks() <-chan *gosip.Request            { return t.acks }
func (t *transaction) Done() <-chan struct{}                  { return t.done }
func (t *transaction) Err() error                             { return nil }
func (t *transaction) Terminate()                             {}
func (t *transaction) OnTerminate(f gosip.FnTxTerminate) bool { return true }

func (t *transaction) all() []*gosip.Response {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]*gosip.Response(nil), t.responses...)
}

func (t *transaction) last() *gosip.Response {
	all := t.all()
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// changing is the admission of a bench, which a test may change the directory of without saying so, until settled is set.
type changing struct {
	*admission.Admission
	b *bench
}

func (c changing) changed() {
	if !c.b.settled {
		c.Changed(connectorID)
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

func (c changingSources) Message(from netip.Addr, invite bool) (read, busy bool) {
	c.of.changed()
	return c.Limiter.Message(from, invite)
}

func (c changingSources) Known(from netip.Addr) bool {
	c.of.changed()
	return c.Limiter.Known(from)
}

func (c changingSources) Failed(from netip.Addr) {
	c.of.changed()
	c.Limiter.Failed(from)
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
	b.admits = admission.New(env, limits, b.dir)
	b.answer = func(*gosip.Request) int { return gosip.StatusOK }
	deps := Deps{
		Admission: changing{b.admits, b}, Sources: changingSources{b.admits.Sources(), changing{b.admits, b}}, Routes: b.dir,
		Calls: b.calls, Media: b.media, SIPLog: b.sipLog,
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
	tx.responses <- gosip.NewResponseFromRequest(req, code, "", nil)
	return tx, nil
}

// answeredTx is a transaction of a request that has been answered.
type answeredTx struct {
	gosip.ClientTransaction
	responses chan *gosip.Response
}

func (t answeredTx) Responses() <-chan *gosip.Response { return t.responses }
func (t answeredTx) Done() <-chan struct{}             { return nil }
func (t answeredTx) Terminate()                        {}

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
	msg, err := gosip.ParseMessage([]byte(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	req := msg.(*gosip.Request)
	req.SetTransport("UDP")
	req.SetSource("127.0.0.1:5099")
	return req
}

// message is a SIP message of a dialog, as text.
type message struct {
	method, uri, callID, toTag, branch string
	from                               string // value of From; empty: Ann's
	seq                                int
	headers                            []string
	contentType, body                  string
}

func (m message) String() string {
	uri := m.uri
	if uri == "" {
		uri = "sip:" + connectorID + "@127.0.0.1"
	}
	if m.callID == "" {
		m.callID = "call-1"
	}
	if m.branch == "" {
		m.branch = fmt.Sprintf("z9hG4bK%s%s%d", m.callID, m.method, m.seq)
	}
	to := "<" + uri + ">"
	if m.toTag != "" {
		to += ";tag=" + m.toTag
	}
	lines := []string{
		m.method + " " + uri + " SIP/2.0",
		"Via: SIP/2.0/UDP 127.0.0.1:5099;branch=" + m.branch,
		"From: " + cmp.Or(m.from, `"Ann" <sip:+12065550101@127.0.0.1:5099>;tag=theirs`),
		"To: " + to,
		"Call-ID: " + m.callID,
		fmt.Sprintf("CSeq: %d %s", m.seq, m.method),
		"Max-Forwards: 70",
		"Contact: <sip:src@127.0.0.1:5099>;+sip.src",
	}
	lines = append(lines, m.headers...)
	if m.contentType != "" {
		lines = append(lines, "Content-Type: "+m.contentType)
	}
	body := strings.ReplaceAll(strings.ReplaceAll(m.body, "\r\n", "\n"), "\n", "\r\n")
	lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)), "", body)
	return strings.Join(lines, "\r\n")
}

const twoLines = `v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 30000 RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=label:1
a=sendonly
m=audio 30002 RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=label:2
a=sendonly
`

const annAndBob = `<?xml version="1.0"?>
<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>
<participant participant_id="p1"><nameID aor="sip:ann@example.com"/></participant>
<participant participant_id="p2"><nameID aor="sip:bob@example.com"/></participant>
<stream stream_id="s1"><label>1</label></stream><stream stream_id="s2"><label>2</label></stream>
<participantstreamassoc participant_id="p1"><send>s1</send></participantstreamassoc>
<participantstreamassoc participant_id="p2"><send>s2</send></participantstreamassoc>
</recording>
`

// both is a multipart body of SDP and metadata; either may be empty.
func both(sdp, metadata string) string {
	var s strings.Builder
	if sdp != "" {
		s.WriteString("--part\nContent-Type: application/sdp\n\n" + sdp)
	}
	if metadata != "" {
		s.WriteString("--part\nContent-Type: application/rs-metadata+xml\nContent-Disposition: recording-session\n\n" + metadata)
	}
	return s.String() + "--part--\n"
}

const mixed = "multipart/mixed;boundary=part"

func recordingOf(callID string) message {
	return message{method: "INVITE", callID: callID, seq: 1, headers: []string{"Require: siprec"}, contentType: mixed, body: both(twoLines, annAndBob)}
}

func text(t testing.TB, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
