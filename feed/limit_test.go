package feed

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

func TestThereAreOnlySoManyFeeds(t *testing.T) {
	b := start(t, Config{Most: 2}, house())
	first, _ := b.connect("/feed/here"), b.connect("/feed/here")
	if _, status := b.dial("/feed/here"); status != http.StatusServiceUnavailable {
		t.Errorf("a third: %d", status)
	}
	if n := testutil.ToFloat64(b.server.metrics.refused.WithLabelValues("full")); n != 1 {
		t.Errorf("%v counted", n)
	}
	first.text("no start")
	first.closed()
	for { // its place is free when its end has been settled
		if s, _ := b.dial("/feed/here"); s != nil {
			return
		}
	}
}

func TestCallsASecondAreLimited(t *testing.T) {
	now := time.Unix(1000, 0)
	b := start(t, Config{Now: func() time.Time { return now }}, street())
	near := timbre.Access{Connector: timbre.Connector{ID: "near"}, CPSLimit: 2}
	for range near.CPSLimit { // calls that came by SIP
		if !b.admits.AllowCall(near) {
			t.Fatal("got a call over the limit, want one within it")
		}
	}
	s := b.connect("/feed/near")
	s.text(started(ULaw, 8000, "caller"))
	if code, status := s.closed(); code != "rate" || status != websocket.StatusTryAgainLater || len(b.calls) != 0 {
		t.Errorf("got %s, %v and %d calls, want rate, %v and none", code, status, len(b.calls), websocket.StatusTryAgainLater)
	}
	now = now.Add(time.Second / 2)
	s = b.connect("/feed/near")
	s.text(started(ULaw, 8000, "caller"))
	if m := s.answer(); m["type"] != "started" {
		t.Errorf("got %v, want the call that is due", m)
	}
}

func TestWhoSaysNothingIsHungUpOn(t *testing.T) {
	b := start(t, Config{Patience: 50 * time.Millisecond, Idle: time.Hour}, house())
	s := b.connect("/feed/here")
	if code, status := s.closed(); code != "no_start" || status != websocket.StatusPolicyViolation {
		t.Errorf("%s, %v", code, status)
	}
	b = start(t, Config{Patience: time.Hour, Idle: 50 * time.Millisecond}, house())
	s = b.connect("/feed/here")
	s.text(started(ULaw, 8000, "caller"))
	if code, status := s.closed(); code != "idle" || status != websocket.StatusPolicyViolation {
		t.Errorf("%s, %v", code, status)
	}
	if failure := b.wait(t); failure != "nothing came for 50ms" {
		t.Errorf("failure %q", failure)
	}
}

// Whoever is on hold may ping.
func TestAPingKeepsAFeedAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const idle = time.Minute
		fired := false
		s, err := New(Config{Idle: idle}, nil, newSwitchboard())
		if err != nil {
			t.Fatal(err)
		}
		f := newSession(s, "")
		f.ctx, f.txid, f.timer = t.Context(), "1", time.AfterFunc(idle, func() { fired = true })
		for range 100 {
			<-time.After(idle - time.Second)
			if !f.pinged(t.Context(), nil) {
				t.Fatal("a ping is not answered")
			}
		}
		if synctest.Wait(); fired {
			t.Error("hung up on in spite of pings")
		}
		_ = f.settle(over) // what is closed now may still be pinged, and that counts no more
		<-time.After(idle - time.Second)
		f.pinged(t.Context(), nil)
		<-time.After(2 * time.Second)
		if synctest.Wait(); !fired {
			t.Error("pings count after the end")
		}
	})
	b := start(t, Config{}, house())
	s := b.connect("/feed/here")
	s.text(started(ULaw, 8000, "caller"))
	s.answer()
	if err := s.Ping(s.CloseRead(s.ctx)); err != nil {
		t.Error(err)
	}
	_ = s.Close(websocket.StatusNormalClosure, "")
	if failure := b.wait(t); failure != "" {
		t.Errorf("failure %q", failure)
	}
}

// A half-open connection takes what it is sent, and nobody is there.
func TestAHalfOpenConnectionEnds(t *testing.T) {
	b := start(t, Config{Idle: 50 * time.Millisecond}, house())
	c, err := net.Dial("tcp", strings.TrimPrefix(b.url, "ws://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "GET /feed/here HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
	message := []byte(started(ULaw, 8000, "caller"))
	frame := append([]byte{0x81, 0x80 | 126, byte(len(message) >> 8), byte(len(message)), 0, 0, 0, 0}, message...)
	if _, err := c.Write(frame); err != nil {
		t.Fatal(err)
	}
	if failure := b.wait(t); failure == "" {
		t.Error("it ended as if by hang-up")
	}
}

func TestALostConnectionIsAFailure(t *testing.T) {
	b := start(t, Config{}, house())
	s := b.connect("/feed/here")
	s.text(started(ULaw, 8000, "caller"))
	s.answer()
	_ = s.CloseNow()
	if failure := b.wait(t); failure != "the connection was lost" {
		t.Errorf("failure %q", failure)
	}
}

func TestAServerThatStopsEndsItsFeeds(t *testing.T) {
	b := start(t, Config{}, house())
	s, quiet := b.connect("/feed/here"), b.connect("/feed/here")
	s.text(started(ULaw, 8000, "caller"))
	s.answer()
	go func() { _, _, _ = quiet.Read(quiet.ctx) }()
	told := make(chan string, 1)
	go func() {
		code, _ := s.closed()
		told <- code
	}()
	b.stop()
	if code := <-told; code != "stopping" {
		t.Errorf("told %q", code)
	}
	if failure := b.wait(t); failure != "the server was stopped" {
		t.Errorf("failure %q", failure)
	}
	if _, status := b.dial("/feed/here"); status != http.StatusServiceUnavailable {
		t.Errorf("a feed after that: %d", status)
	}
}

func TestFaultsOfTheServerAreNotTold(t *testing.T) {
	for kind, want := range map[timbre.Kind]string{timbre.Unavailable: "unavailable", timbre.Internal: "internal"} {
		var log bytes.Buffer
		b := start(t, Config{Log: slog.New(slog.NewTextHandler(&log, nil))}, house())
		b.broken = timbre.Errorf(kind, "", "the disk is full of secrets")
		s := b.connect("/feed/here")
		s.text(started(ULaw, 8000, "caller"))
		m := s.answer()
		if text, _ := m["message"].(string); m["code"] != want || text == "" || strings.Contains(text, "secrets") {
			t.Errorf("%v", m)
		}
		s.closed()
		b.stop()
		if !strings.Contains(log.String(), "secrets") {
			t.Errorf("logged: %s", log.String())
		}
	}
}

func TestAPanicEndsOneFeedAlone(t *testing.T) {
	b := start(t, Config{}, house())
	b.panics = true
	s := b.connect("/feed/here")
	s.text(started(ULaw, 8000, "caller"))
	s.audio(make([]byte, 160))
	s.closed()
	if failure := b.wait(t); failure == "" {
		t.Error("it ended as if by hang-up")
	}
	b.panics = false
	s = b.connect("/feed/here")
	s.text(started(ULaw, 8000, "caller"))
	s.answer()
	s.text(`{"type":"stop"}`)
	s.closed()
	if failure := b.wait(t); failure != "" {
		t.Errorf("failure %q", failure)
	}
}

// A flood is read no faster than audio may come, and all of it is heard.
func TestAFloodIsHeldBackAndNothingOfItIsLost(t *testing.T) {
	b := start(t, Config{}, house())
	s := b.connect("/feed/here")
	s.text(started(ULaw, 8000, "caller", "callee"))
	s.answer()
	const seconds = 30 // of two legs
	for range seconds {
		s.audio(make([]byte, 2*timbre.SampleRate))
	}
	s.text(`{"type":"stop"}`)
	if code, status := s.closed(); code != "" || status != websocket.StatusNormalClosure {
		t.Errorf("%s %v", code, status)
	}
	for _, e := range b.ears {
		if n := len(e.pcm()); n != seconds*timbre.SampleRate {
			t.Errorf("%v heard %d samples", e.Side, n)
		}
	}
	if testutil.ToFloat64(b.server.metrics.held) == 0 {
		t.Error("it was not held back")
	}
}

func TestPaceIsABucketThatLeaks(t *testing.T) {
	now := time.Unix(1000, 0)
	var p pace
	if w := p.wait(now, burst); w != 0 {
		t.Errorf("a burst waits for %v", w)
	}
	if w := p.wait(now, time.Second); w != time.Second/speed {
		t.Errorf("a second more waits for %v", w)
	}
	for range 1000 { // in real time, with 50 messages a second and two legs
		now = now.Add(20 * time.Millisecond)
		if w := p.wait(now, 40*time.Millisecond); w > time.Second/speed {
			t.Fatalf("real time waits for %v", w)
		}
	}
	if p.ahead > 40*time.Millisecond {
		t.Errorf("%v ahead after real time", p.ahead)
	}
	now = now.Add(24 * time.Hour) // earns no more than a burst
	p.wait(now, burst)
	waits := 0
	for range 1000 {
		if p.wait(now, 0) > 0 {
			waits++
		}
	}
	if waits != 1000 {
		t.Errorf("empty messages waited %d times of 1000", waits)
	}
}

func TestMetricsOfOneNameAreAnError(t *testing.T) {
	reg := prometheus.NewRegistry()
	if _, err := New(Config{Metrics: reg}, nil, newSwitchboard()); err != nil {
		t.Fatal(err)
	}
	_, err := New(Config{Metrics: reg}, nil, newSwitchboard())
	if again := (prometheus.AlreadyRegisteredError{}); timbre.KindOf(err) != timbre.Invalid || !errors.As(err, &again) {
		t.Error(err)
	}
}
