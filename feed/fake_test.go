package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/admission"
	"timbre/environment"
	"timbre/rtp"
)

const timeout = 20 * time.Second

// directory is a directory in memory. The store fails on the id "fault".
type directory struct {
	connectors   map[string]timbre.Connector
	terminations map[string]timbre.Termination
	credentials  map[string]timbre.Credential // by connector and user name, with a space between
}

func find[T any](all map[string]T, key string) (T, error) {
	if v, ok := all[key]; ok {
		return v, nil
	}
	var none T
	if strings.HasPrefix(key, "fault") {
		return none, timbre.Errorf(timbre.Unavailable, "", "the disk is full of secrets")
	}
	return none, timbre.Errorf(timbre.NotFound, "", "nothing there")
}

func (d *directory) Connector(_ context.Context, id string) (timbre.Connector, error) {
	return find(d.connectors, id)
}

func (d *directory) ListConnectors(context.Context, timbre.Page) (all []timbre.Connector, _ error) {
	for _, c := range d.connectors {
		all = append(all, c)
	}
	return all, nil
}

func (d *directory) Termination(_ context.Context, id string) (timbre.Termination, error) {
	return find(d.terminations, id)
}

func (d *directory) Usernames(_ context.Context, id string) (names []string, _ error) {
	for key := range d.credentials {
		if name, of := strings.CutPrefix(key, id+" "); of {
			names = append(names, name)
		}
	}
	return names, nil
}

func (d *directory) Credential(_ context.Context, id, user string) (timbre.Credential, error) {
	return find(d.credentials, id+" "+user)
}

// oneConnector has one, here, that allows loopback.
func oneConnector() *directory {
	return &directory{
		connectors:   map[string]timbre.Connector{"here": {ID: "here"}},
		terminations: map[string]timbre.Termination{"here": {CIDRs: []string{"127.0.0.0/8"}}},
	}
}

// recorder keeps the frames of one leg.
type recorder struct {
	timbre.Leg
	mu     sync.Mutex
	frames []timbre.Frame
	panics bool
}

func (e *recorder) Frame(f timbre.Frame) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.panics {
		panic("a listener panics")
	}
	f.PCM = slices.Clone(f.PCM)
	e.frames = append(e.frames, f)
}

// SetMeter fails: a feed has no RTP stream.
func (e *recorder) SetMeter(timbre.ReceptionMeter) { panic("a feed has no meter") }

// pcm is the audio of all frames.
func (e *recorder) pcm() (pcm []int16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.frames {
		pcm = append(pcm, f.PCM...)
	}
	return pcm
}

// fakeCalls keeps calls in memory.
type fakeCalls struct {
	mu     sync.Mutex
	calls  []timbre.Call
	legs   []*recorder // of the newest call
	ended  chan string
	broken error
	panics bool
}

func newCalls() *fakeCalls { return &fakeCalls{ended: make(chan string, 100)} }

func (s *fakeCalls) Begin(_ context.Context, c timbre.Call) (string, []timbre.LegListener, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return "", nil, s.broken
	}
	c.TransactionID = fmt.Sprint("transaction ", len(s.calls))
	s.legs = nil
	var legs []timbre.LegListener
	for i := range c.Legs {
		c.Legs[i].StreamARN = fmt.Sprint("stream ", i)
		s.legs = append(s.legs, &recorder{Leg: c.Legs[i], panics: s.panics})
		legs = append(legs, s.legs[i])
	}
	s.calls = append(s.calls, c)
	return c.TransactionID, legs, nil
}

func (s *fakeCalls) Update(_ context.Context, txid string, c timbre.Change) (added []timbre.LegListener, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := len(s.calls) - 1; s.calls[i].TransactionID != txid || !slices.Equal(s.calls[i].Warnings, c.Warnings) {
		return nil, timbre.Errorf(timbre.Internal, "", "another call, or other warnings: %v", c)
	}
	for _, l := range c.Legs {
		e := &recorder{Leg: l}
		s.legs, added = append(s.legs, e), append(added, e)
	}
	return added, nil
}

func (s *fakeCalls) Call(txid string) (timbre.Call, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.calls, func(c timbre.Call) bool { return c.TransactionID == txid })
	if i < 0 {
		return timbre.Call{}, false
	}
	return s.calls[i], true
}

func (s *fakeCalls) End(_ context.Context, txid, failure string) error {
	s.ended <- txid + ": " + failure
	return nil
}

// wait returns the failure that the next call ends with; empty for a hang-up.
func (s *fakeCalls) wait(t *testing.T) string {
	t.Helper()
	select {
	case how := <-s.ended:
		_, failure, _ := strings.Cut(how, ": ")
		return failure
	case <-time.After(timeout):
		t.Fatal("got no end of a call, want one")
		return ""
	}
}

// bench is a server on loopback.
type bench struct {
	*fakeCalls
	t      *testing.T
	admits *admission.Admission
	key    *signedBy
	server *Server
	url    string
	stop   func() // ends Run
}

// signedBy says which key has signed requests of Kinesis.
type signedBy struct {
	timbre.Key
	err error
}

func (s *signedBy) CheckHead(*http.Request) (timbre.Key, error) { return s.Key, s.err }

func (s *signedBy) Check(_ *http.Request, body func() ([]byte, error)) (timbre.Key, error) {
	if _, err := body(); err != nil {
		return timbre.Key{}, err
	}
	return s.Key, s.err
}

// newTracks is what decodes audio.
func newTracks(t testing.TB, env environment.Environment) timbre.TrackMaker {
	t.Helper()
	p, err := rtp.New(env, rtp.Config{First: 2, Last: 3}) // no port is opened
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func start(t *testing.T, cfg Config, dir admission.Directory) *bench {
	t.Helper()
	return startIn(t, environment.Environment{}, cfg, dir)
}

// startIn is start with a clock or a log of the test's own.
func startIn(t *testing.T, env environment.Environment, cfg Config, dir admission.Directory) *bench {
	t.Helper()
	env.Metrics, env.Region, env.Account = prometheus.NewRegistry(), "us-east-1", "000000000000"
	b := &bench{t: t, fakeCalls: newCalls(), key: &signedBy{}, admits: admission.New(env, admission.Config{}, dir)}
	if err := b.admits.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.server = New(env, cfg, Deps{
		Admission: b.admits, Calls: b.fakeCalls,
		Tracks: newTracks(t, env), Signatures: b.key,
	})
	h := httptest.NewServer(b.server)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.server.Run(ctx)
	}()
	b.stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(func() {
		b.stop()
		h.Close()
		if n := testutil.ToFloat64(b.server.metrics.live); n != 0 {
			t.Errorf("got %v open feeds at the end, want none", n)
		}
	})
	b.url = "ws" + strings.TrimPrefix(h.URL, "http")
	return b
}

// sender is a client.
type sender struct {
	*websocket.Conn
	t   *testing.T
	ctx context.Context
}

func (b *bench) dial(path string, change ...func(http.Header)) (*sender, int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	b.t.Cleanup(cancel)
	header := http.Header{}
	for _, c := range change {
		c(header)
	}
	c, res, err := websocket.Dial(ctx, b.url+path, &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		if res == nil {
			b.t.Fatal(err)
		}
		_ = res.Body.Close()
		return nil, res.StatusCode
	}
	b.t.Cleanup(func() { _ = c.CloseNow() })
	return &sender{c, b.t, ctx}, http.StatusSwitchingProtocols
}

func (b *bench) connect(path string) *sender {
	b.t.Helper()
	c, status := b.dial(path)
	if c == nil {
		b.t.Fatalf("%s: status %d", path, status)
	}
	return c
}

func (s *sender) text(message string) {
	s.t.Helper()
	if err := s.Write(s.ctx, websocket.MessageText, []byte(message)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sender) audio(message []byte) {
	s.t.Helper()
	if err := s.Write(s.ctx, websocket.MessageBinary, message); err != nil {
		s.t.Fatal(err)
	}
}

// answer reads a message.
func (s *sender) answer() map[string]any {
	s.t.Helper()
	_, text, err := s.Read(s.ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		s.t.Fatal(err)
	}
	return m
}

// closed reads to the end, and returns the code of the last error message and the close status.
func (s *sender) closed() (code string, status websocket.StatusCode) {
	s.t.Helper()
	for {
		_, text, err := s.Read(s.ctx)
		if err != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				s.t.Fatal("got an open connection, want a closed one")
			}
			return code, websocket.CloseStatus(err)
		}
		var m struct{ Type, Code string }
		if json.Unmarshal(text, &m) == nil && m.Type == "error" {
			code = m.Code
		}
	}
}

// startJSON is a native start message.
func startJSON(encoding string, rate int, channels ...string) string {
	text, _ := json.Marshal(map[string]any{
		"type": "start", "callId": "call 1", "from": "+12065550100", "to": "+12065550199",
		"metadata": map[string]string{"X-Queue": "sales"}, "format": map[string]any{"encoding": encoding, "sampleRate": rate, "channels": channels},
	})
	return string(text)
}

// voice is audio of which no two parts are alike.
func voice(n int, seed int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16((i*i*7 + i*131 + seed*7919) % 20011)
	}
	return pcm
}
