package feed

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

func TestOpenFeedsAreLimited(t *testing.T) {
	b := start(t, Config{MaxFeeds: 2}, oneConnector())
	first, _ := b.connect("/feed/here"), b.connect("/feed/here")
	if _, status := b.dial("/feed/here"); status != http.StatusServiceUnavailable {
		t.Errorf("got status %d for a third feed, want %d", status, http.StatusServiceUnavailable)
	}
	if n := testutil.ToFloat64(b.server.metrics.refused.WithLabelValues("full")); n != 1 {
		t.Errorf("got %v refusals counted, want 1", n)
	}
	first.text("no start")
	first.closed()
	for { // until its end has been handled
		if s, _ := b.dial("/feed/here"); s != nil {
			return
		}
	}
}

func TestCallsASecondAreLimited(t *testing.T) {
	now := time.Unix(1000, 0)
	b := startIn(t, environment.Environment{Now: func() time.Time { return now }, Steady: func() time.Time { return now }}, Config{}, allKinds())
	near := timbre.Access{Connector: timbre.Connector{ID: "near"}, CPSLimit: 2, Source: netip.MustParseAddr("127.0.0.1")}
	for range near.CPSLimit { // calls that came by SIP
		if !b.admits.AllowCall(near) {
			t.Fatal("got a call over the limit, want one within it")
		}
	}
	s := b.connect("/feed/near")
	s.text(startJSON("mulaw", 8000, "caller"))
	if code, status := s.closed(); code != "rate" || status != websocket.StatusTryAgainLater || len(b.calls) != 0 {
		t.Errorf("got %s, %v and %d calls, want rate, %v and none", code, status, len(b.calls), websocket.StatusTryAgainLater)
	}
	now = now.Add(time.Second / 2)
	s = b.connect("/feed/near")
	s.text(startJSON("mulaw", 8000, "caller"))
	if m := s.answer(); m["type"] != "started" {
		t.Errorf("got %v, want the call that is due", m)
	}
}

func TestSilentConnectionTimesOut(t *testing.T) {
	b := start(t, Config{StartTimeout: 50 * time.Millisecond, IdleTimeout: time.Hour}, oneConnector())
	s := b.connect("/feed/here")
	if code, status := s.closed(); code != "no_start" || status != websocket.StatusPolicyViolation {
		t.Errorf("got %s and %v, want no_start and %v", code, status, websocket.StatusPolicyViolation)
	}
	b = start(t, Config{StartTimeout: time.Hour, IdleTimeout: 50 * time.Millisecond}, oneConnector())
	s = b.connect("/feed/here")
	s.text(startJSON("mulaw", 8000, "caller"))
	if code, status := s.closed(); code != "idle" || status != websocket.StatusPolicyViolation {
		t.Errorf("got %s and %v, want idle and %v", code, status, websocket.StatusPolicyViolation)
	}
	if failure := b.wait(t); failure != "no message came for 50ms" {
		t.Errorf("got failure %q, want %q", failure, "no message came for 50ms")
	}
}

func TestPingRestartsTheIdleTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const idle = time.Minute
		fired := false
		s := New(environment.Environment{}, Config{IdleTimeout: idle}, Deps{})
		f := newSession(s, "")
		f.ctx, f.transactionID, f.timeout = t.Context(), "1", time.AfterFunc(idle, func() { fired = true })
		for range 100 {
			<-time.After(idle - time.Second)
			if !f.pinged(t.Context(), nil) {
				t.Fatal("got no pong, want one")
			}
		}
		if synctest.Wait(); fired {
			t.Error("got an idle timeout in spite of pings")
		}
		_ = f.endBy(hungUp) // a connection that is being closed may still be pinged
		<-time.After(idle - time.Second)
		f.pinged(t.Context(), nil)
		<-time.After(2 * time.Second)
		if synctest.Wait(); !fired {
			t.Error("got no timeout: pings count after the end")
		}
	})
	b := start(t, Config{}, oneConnector())
	s := b.connect("/feed/here")
	s.text(startJSON("mulaw", 8000, "caller"))
	s.answer()
	if err := s.Ping(s.CloseRead(s.ctx)); err != nil {
		t.Error(err)
	}
	_ = s.Close(websocket.StatusNormalClosure, "")
	if failure := b.wait(t); failure != "" {
		t.Errorf("got failure %q, want %q", failure, "")
	}
}

// The peer of a half-open connection is gone without closing it.
func TestHalfOpenConnectionTimesOut(t *testing.T) {
	b := start(t, Config{IdleTimeout: 50 * time.Millisecond}, oneConnector())
	c, err := net.Dial("tcp", strings.TrimPrefix(b.url, "ws://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "GET /feed/here HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
	message := []byte(startJSON("mulaw", 8000, "caller"))
	frame := append([]byte{0x81, 0x80 | 126, byte(len(message) >> 8), byte(len(message)), 0, 0, 0, 0}, message...)
	if _, err := c.Write(frame); err != nil {
		t.Fatal(err)
	}
	if failure := b.wait(t); failure == "" {
		t.Error("got an end without a failure, want one")
	}
}

func TestLostConnectionFailsTheCall(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	s := b.connect("/feed/here")
	s.text(startJSON("mulaw", 8000, "caller"))
	s.answer()
	_ = s.CloseNow()
	if failure := b.wait(t); failure != "the connection was lost" {
		t.Errorf("got failure %q, want %q", failure, "the connection was lost")
	}
}

func TestStoppingServerEndsFeeds(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	s, quiet := b.connect("/feed/here"), b.connect("/feed/here")
	s.text(startJSON("mulaw", 8000, "caller"))
	s.answer()
	go func() { _, _, _ = quiet.Read(quiet.ctx) }()
	sent := make(chan string, 1)
	go func() {
		code, _ := s.closed()
		sent <- code
	}()
	b.stop()
	if code := <-sent; code != "stopping" {
		t.Errorf("got code %q, want stopping", code)
	}
	if failure := b.wait(t); failure != "the server was stopped" {
		t.Errorf("got failure %q, want %q", failure, "the server was stopped")
	}
	if _, status := b.dial("/feed/here"); status != http.StatusServiceUnavailable {
		t.Errorf("a feed after that: got status %d, want %d", status, http.StatusServiceUnavailable)
	}
}

// refusesNewCalls checks that a call which lives goes on, and that no other begins, once the server is made to refuse them.
func refusesNewCalls(t *testing.T, b *bench, refuse func()) {
	t.Helper()
	live, open := b.connect("/feed/here"), b.connect("/feed/here")
	live.text(startJSON("mulaw", 8000, "caller"))
	if m := live.answer(); m["type"] != "started" {
		t.Fatalf("got %v, want a call", m)
	}
	refuse()
	open.text(startJSON("mulaw", 8000, "caller"))
	if code, status := open.closed(); code != "unavailable" || status != websocket.StatusTryAgainLater {
		t.Errorf("feed without a call: got %s and %v, want unavailable and %v", code, status, websocket.StatusTryAgainLater)
	}
	if _, status := b.dial("/feed/here"); status != http.StatusServiceUnavailable {
		t.Errorf("new feed: got status %d, want %d", status, http.StatusServiceUnavailable)
	}
	live.text(`{"type":"stop"}`)
	if m := live.answer(); m["type"] != "stopped" {
		t.Errorf("got %v, want the live call ended by its sender", m)
	}
}

func TestDrainingServerRefusesCallsAndKeepsThoseThatLive(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	refusesNewCalls(t, b, b.server.Drain)
}

type fakeLoad struct{ atomic.Bool }

func (l *fakeLoad) Load() float64 {
	if l.Bool.Load() {
		return 1
	}
	return 0
}

func TestOverloadedServerRefusesCallsAndKeepsThoseThatLive(t *testing.T) {
	b, load := start(t, Config{}, oneConnector()), &fakeLoad{}
	b.server.deps.Load = load
	refusesNewCalls(t, b, func() { load.Store(true) })
	load.Store(false)
	b.connect("/feed/here")
}

func TestInternalErrorsAreNotSent(t *testing.T) {
	for kind, want := range map[timbre.Kind]string{timbre.Unavailable: "unavailable", timbre.Internal: "internal"} {
		t.Run(want, func(t *testing.T) {
			var log bytes.Buffer
			b := startIn(t, environment.Environment{Log: slog.New(slog.NewTextHandler(&log, nil))}, Config{}, oneConnector())
			b.broken = timbre.Errorf(kind, "", "the disk is full of secrets")
			s := b.connect("/feed/here")
			s.text(startJSON("mulaw", 8000, "caller"))
			m := s.answer()
			if m["code"] != want {
				t.Errorf("got code %v, want %s", m["code"], want)
			}
			if text, _ := m["message"].(string); text == "" || strings.Contains(text, "secrets") {
				t.Errorf("got message %q, want one without the cause", text)
			}
			s.closed()
			b.stop()
			if !strings.Contains(log.String(), "secrets") {
				t.Errorf("got a log without the cause:\n%s", log.String())
			}
		})
	}
}

func TestPanicEndsOnlyItsFeed(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	b.panics = true
	s := b.connect("/feed/here")
	s.text(startJSON("mulaw", 8000, "caller"))
	s.audio(make([]byte, 160))
	s.closed()
	if failure := b.wait(t); failure == "" {
		t.Error("got an end without a failure, want one")
	}
	b.panics = false
	s = b.connect("/feed/here")
	s.text(startJSON("mulaw", 8000, "caller"))
	s.answer()
	s.text(`{"type":"stop"}`)
	s.closed()
	if failure := b.wait(t); failure != "" {
		t.Errorf("got failure %q, want %q", failure, "")
	}
}

func TestFloodIsThrottledWithoutLoss(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	s := b.connect("/feed/here")
	s.text(startJSON("mulaw", 8000, "caller", "callee"))
	s.answer()
	const seconds = 30 // of two legs
	for range seconds {
		s.audio(make([]byte, 2*timbre.SampleRate))
	}
	s.text(`{"type":"stop"}`)
	if code, status := s.closed(); code != "" || status != websocket.StatusNormalClosure {
		t.Errorf("got code %q and close status %v, want none and %v", code, status, websocket.StatusNormalClosure)
	}
	for _, e := range b.legs {
		if n := len(e.pcm()); n != seconds*timbre.SampleRate {
			t.Errorf("%v: got %d samples, want %d", e.Side, n, seconds*timbre.SampleRate)
		}
	}
	if testutil.ToFloat64(b.server.metrics.throttled) == 0 {
		t.Error("got no throttled message, want some")
	}
}

func TestPacerIsATokenBucket(t *testing.T) {
	now := time.Unix(1000, 0)
	p := newPacer()
	if got := p.delay(now, burst); got != 0 {
		t.Errorf("a burst: got a delay of %v, want none", got)
	}
	if got, want := p.delay(now, time.Second), time.Second/speed; got != want {
		t.Errorf("a second more: got a delay of %v, want %v", got, want)
	}
	for range 1000 { // in real time, with 50 messages a second and two legs
		now = now.Add(20 * time.Millisecond)
		if got := p.delay(now, 40*time.Millisecond); got > time.Second/speed {
			t.Fatalf("real time: got a delay of %v, want at most %v", got, time.Second/speed)
		}
	}
	if ahead := burst - time.Duration(p.limiter.TokensAt(now)); ahead > 40*time.Millisecond {
		t.Errorf("after real time: got %v ahead, want at most 40 ms", ahead)
	}
	now = now.Add(24 * time.Hour) // does not accumulate more than a burst
	p.delay(now, burst)
	for i := range 1000 {
		if p.delay(now, 0) <= 0 {
			t.Fatalf("empty message %d: got no delay, want one", i)
		}
	}
	if got := newPacer().delay(now, 2*burst); got != 0 {
		t.Errorf("more than a burst in one message: got a delay of %v, want none", got)
	}
}

func TestMetricsAreRegisteredOnce(t *testing.T) {
	env := environment.Environment{Metrics: prometheus.NewRegistry()}
	New(env, Config{}, Deps{})
	defer func() {
		err, _ := recover().(error)
		if again := (prometheus.AlreadyRegisteredError{}); !errors.As(err, &again) {
			t.Errorf("got %v, want a panic: metrics of one name", err)
		}
	}()
	New(env, Config{}, Deps{})
}
