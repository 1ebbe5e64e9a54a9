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
	"timbre/admission/source"
	"timbre/environment"
	"timbre/rtp/codec"
)

const patience = 20 * time.Second

// directory is a Directory in memory. "fault" as an id is one that the store stumbles over.
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

func (d *directory) Usernames(context.Context, string) ([]string, error) { return nil, nil }

func (d *directory) Credential(_ context.Context, id, user string) (timbre.Credential, error) {
	return find(d.credentials, id+" "+user)
}

// house has one connector, here, that takes everything from loopback.
func house() *directory {
	return &directory{
		connectors:   map[string]timbre.Connector{"here": {ID: "here"}},
		terminations: map[string]timbre.Termination{"here": {CIDRs: []string{"127.0.0.0/8"}}},
	}
}

// ear hears one leg.
type ear struct {
	timbre.Leg
	mu     sync.Mutex
	frames []timbre.Frame
	panics bool
}

func (e *ear) Frame(f timbre.Frame) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.panics {
		panic("a listener fell over")
	}
	f.PCM = slices.Clone(f.PCM)
	e.frames = append(e.frames, f)
}

// SetMeter fails: a feed has no RTP stream.
func (e *ear) SetMeter(timbre.ReceptionMeter) { panic("a feed has no meter") }

// pcm is what was heard, in a row, and the media time of its first sample.
func (e *ear) pcm() (pcm []int16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.frames {
		pcm = append(pcm, f.PCM...)
	}
	return pcm
}

// switchboard is Calls in memory.
type switchboard struct {
	mu     sync.Mutex
	calls  []timbre.Call
	ears   []*ear // of the newest call
	ended  chan string
	broken error
	panics bool
}

func newSwitchboard() *switchboard { return &switchboard{ended: make(chan string, 100)} }

func (s *switchboard) Begin(_ context.Context, c timbre.Call) (string, []timbre.LegListener, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return "", nil, s.broken
	}
	c.TransactionID = fmt.Sprint("transaction ", len(s.calls))
	s.ears = nil
	var legs []timbre.LegListener
	for i := range c.Legs {
		c.Legs[i].StreamARN = fmt.Sprint("stream ", i)
		s.ears = append(s.ears, &ear{Leg: c.Legs[i], panics: s.panics})
		legs = append(legs, s.ears[i])
	}
	s.calls = append(s.calls, c)
	return c.TransactionID, legs, nil
}

func (s *switchboard) Update(_ context.Context, txid string, c timbre.Change) (added []timbre.LegListener, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := len(s.calls) - 1; s.calls[i].TransactionID != txid || !slices.Equal(s.calls[i].Warnings, c.Warnings) {
		return nil, timbre.Errorf(timbre.Internal, "", "another call, or other warnings: %v", c)
	}
	for _, l := range c.Legs {
		e := &ear{Leg: l}
		s.ears, added = append(s.ears, e), append(added, e)
	}
	return added, nil
}

func (s *switchboard) Call(txid string) (timbre.Call, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.calls, func(c timbre.Call) bool { return c.TransactionID == txid })
	if i < 0 {
		return timbre.Call{}, false
	}
	return s.calls[i], true
}

func (s *switchboard) End(_ context.Context, txid, failure string) error {
	s.ended <- txid + ": " + failure
	return nil
}

// wait gives how the next call ended.
func (s *switchboard) wait(t *testing.T) string {
	t.Helper()
	select {
	case how := <-s.ended:
		_, failure, _ := strings.Cut(how, ": ")
		return failure
	case <-time.After(patience):
		t.Fatal("no call has ended")
		return ""
	}
}

// bench is a server on loopback.
type bench struct {
	*switchboard
	t      *testing.T
	admits *admission.Admission
	server *Server
	url    string
	stop   func() // as the node stops
}

func start(t *testing.T, cfg Config, dir admission.Directory) *bench {
	t.Helper()
	b := &bench{t: t, switchboard: newSwitchboard()}
	cfg.NewDecoder = func(encoding string, rate int) (Decoder, error) { return codec.NewRaw(encoding, rate) }
	cfg.Metrics = prometheus.NewRegistry()
	b.admits = admission.New(environment.Environment{Now: cfg.Now}, source.Config{}, dir)
	var err error
	if b.server, err = New(cfg, b.admits, b.switchboard); err != nil {
		t.Fatal(err)
	}
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
			t.Errorf("%v feeds are left", n)
		}
	})
	b.url = "ws" + strings.TrimPrefix(h.URL, "http")
	return b
}

// sender is a client of ours.
type sender struct {
	*websocket.Conn
	t   *testing.T
	ctx context.Context
}

func (b *bench) dial(path string, change ...func(http.Header)) (*sender, int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
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

// answer reads a message of ours.
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

// closed reads to the end, and gives the last error message and how the connection was closed.
func (s *sender) closed() (code string, status websocket.StatusCode) {
	s.t.Helper()
	for {
		_, text, err := s.Read(s.ctx)
		if err != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				s.t.Fatal("the connection was not closed")
			}
			return code, websocket.CloseStatus(err)
		}
		var m struct{ Type, Code string }
		if json.Unmarshal(text, &m) == nil && m.Type == "error" {
			code = m.Code
		}
	}
}

// started is a start message of ours.
func started(encoding string, rate int, channels ...string) string {
	text, _ := json.Marshal(map[string]any{
		"type": "start", "callId": "call 1", "from": "+12065550100", "to": "+12065550199",
		"metadata": map[string]string{"X-Queue": "sales"}, "format": map[string]any{"encoding": encoding, "sampleRate": rate, "channels": channels},
	})
	return string(text)
}

// voice is audio that no two parts of sound alike.
func voice(n int, seed int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16((i*i*7 + i*131 + seed*7919) % 20011)
	}
	return pcm
}
