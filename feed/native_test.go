package feed

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/rtp/codec"
)

func linear(channels ...[]int16) (b []byte) {
	for i := range channels[0] {
		for _, c := range channels {
			b = binary.LittleEndian.AppendUint16(b, uint16(c[i]))
		}
	}
	return b
}

func TestNativeFeedIsACallWithALegPerChannel(t *testing.T) {
	a, z := voice(8000, 1), voice(8000, 2)
	wide := codec.Halve(a)[:3986]
	law := func(l codec.Law, pcm []int16) []int16 { return l.Decode(nil, l.Encode(nil, pcm)) }
	both := func(l codec.Law) []byte {
		e, f, mixed := l.Encode(nil, a), l.Encode(nil, z), []byte(nil)
		for i := range e {
			mixed = append(mixed, e[i], f[i])
		}
		return mixed
	}
	for _, c := range []struct {
		encoding string
		rate     int
		channels []string
		audio    []byte
		want     map[timbre.Side][]int16
	}{
		{"pcm_s16le", 8000, []string{"mixed"}, linear(a), map[timbre.Side][]int16{timbre.Mixed: a}},
		{"pcm_s16le", 8000, []string{"caller", "callee"}, linear(a, z), map[timbre.Side][]int16{timbre.Caller: a, timbre.Callee: z}},
		{"pcm_s16le", 8000, []string{"callee", "caller"}, linear(a, z), map[timbre.Side][]int16{timbre.Callee: a, timbre.Caller: z}},
		{"pcm_s16le", 16000, []string{"caller"}, linear(a), map[timbre.Side][]int16{timbre.Caller: wide}},
		{"mulaw", 8000, []string{"caller", "callee"}, both(codec.ULaw), map[timbre.Side][]int16{timbre.Caller: law(codec.ULaw, a), timbre.Callee: law(codec.ULaw, z)}},
		{"alaw", 8000, []string{"callee"}, codec.ALaw.Encode(nil, a), map[timbre.Side][]int16{timbre.Callee: law(codec.ALaw, a)}},
	} {
		t.Run(fmt.Sprint(c.encoding, c.rate, c.channels), func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			s := b.connect("/feed/here")
			s.text(startJSON(c.encoding, c.rate, c.channels...))
			checkStarted(t, s.answer(), c.channels)
			for piece := range slices.Chunk(c.audio, 4*77) {
				s.audio(piece)
			}
			s.text(`{"type":"stop"}`)
			if m := s.answer(); m["type"] != "stopped" {
				t.Errorf("got %v, want a message of type stopped", m)
			}
			if _, status := s.closed(); status != websocket.StatusNormalClosure {
				t.Errorf("got close status %v, want %v", status, websocket.StatusNormalClosure)
			}
			if failure := b.wait(t); failure != "" {
				t.Errorf("got failure %q, want none", failure)
			}
			checkCall(t, b.calls[0])
			for i, e := range b.legs {
				got := e.pcm()
				if c.rate == 16000 { // delayed by the filter
					got = got[14:]
				}
				if e.Index != i || e.Label != c.channels[i] {
					t.Errorf("leg %d: got %+v, want label %q", i, e.Leg, c.channels[i])
				}
				if !slices.Equal(got, c.want[e.Side]) {
					t.Errorf("leg %d: got %d samples that differ from the %d sent", i, len(got), len(c.want[e.Side]))
				}
				checkFrames(t, e)
			}
		})
	}
}

// checkStarted checks the response to a start message of a call of some channels.
func checkStarted(t *testing.T, m map[string]any, channels []string) {
	t.Helper()
	want := map[string]any{"type": "started", "transactionId": "transaction 0", "connectorId": "here", "streams": []any{}}
	for i, side := range channels {
		want["streams"] = append(want["streams"].([]any), map[string]any{"side": side, "channel": float64(i), "streamArn": fmt.Sprint("stream ", i)})
	}
	if !reflect.DeepEqual(m, want) {
		t.Fatalf("got %v, want %v", m, want)
	}
}

// checkCall checks the call of startJSON.
func checkCall(t *testing.T, call timbre.Call) {
	t.Helper()
	if call.Started.IsZero() {
		t.Error("got no start time, want one")
	}
	for name, c := range map[string]struct{ got, want string }{
		"connector": {call.ConnectorID, "here"}, "call id": {call.CallID, "call 1"}, "direction": {call.Direction, "Outbound"},
		"from": {call.From, "+12065550100"}, "to": {call.To, "+12065550199"}, "metadata": {call.Headers["x-queue"], "sales"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", name, c.got, c.want)
		}
	}
}

// checkFrames checks that frames are contiguous, and of 20 ms except for the last.
func checkFrames(t *testing.T, e *recorder) {
	t.Helper()
	at := time.Duration(0)
	for i, f := range e.frames {
		if f.At != at || len(f.PCM) != timbre.FrameSamples && i < len(e.frames)-1 {
			t.Errorf("frame %d: got %d samples at %v, want %d at %v", i, len(f.PCM), f.At, timbre.FrameSamples, at)
		}
		at += timbre.Duration(len(f.PCM))
	}
}

func TestNativeFeedIsToldItsFailure(t *testing.T) {
	ok := startJSON("pcm_s16le", 8000, "caller", "callee")
	for _, c := range []struct {
		name   string
		send   func(*sender)
		code   string
		status websocket.StatusCode
		begun  bool
	}{
		{"audio before start", func(s *sender) { s.audio([]byte{1, 2}) }, "bad_message", websocket.StatusPolicyViolation, false},
		{"no JSON", func(s *sender) { s.text("hello") }, "bad_message", websocket.StatusPolicyViolation, false},
		{"no object", func(s *sender) { s.text(`["start"]`) }, "bad_message", websocket.StatusPolicyViolation, false},
		{"an unknown dialect", func(s *sender) { s.text(`{"hello":"world"}`) }, "bad_message", websocket.StatusPolicyViolation, false},
		{"a number for a name", func(s *sender) { s.text(`{"type":"start","from":7}`) }, "bad_message", websocket.StatusPolicyViolation, false},
		{"no format", func(s *sender) { s.text(`{"type":"start"}`) }, "bad_format", websocket.StatusPolicyViolation, false},
		{"an unknown encoding", func(s *sender) { s.text(startJSON("mp3", 8000, "caller")) }, "bad_format", websocket.StatusPolicyViolation, false},
		{"an unknown rate", func(s *sender) { s.text(startJSON("pcm_s16le", 44100, "caller")) }, "bad_format", websocket.StatusPolicyViolation, false},
		{"no channel", func(s *sender) { s.text(startJSON("pcm_s16le", 8000)) }, "bad_message", websocket.StatusPolicyViolation, false},
		{"three channels", func(s *sender) { s.text(startJSON("pcm_s16le", 8000, "caller", "callee", "mixed")) }, "bad_message", websocket.StatusPolicyViolation, false},
		{"one channel twice", func(s *sender) { s.text(startJSON("pcm_s16le", 8000, "caller", "caller")) }, "bad_message", websocket.StatusPolicyViolation, false},
		{"an unknown channel", func(s *sender) { s.text(startJSON("pcm_s16le", 8000, "left")) }, "bad_message", websocket.StatusPolicyViolation, false},
		{"another connector", func(s *sender) { s.text(`{"connectorId":"there",` + ok[1:]) }, "forbidden", websocket.StatusPolicyViolation, false},
		{"stop before start", func(s *sender) { s.text(`{"type":"stop"}`) }, "bad_message", websocket.StatusPolicyViolation, false},
		{"a second start", func(s *sender) { s.text(ok); s.text(ok) }, "bad_message", websocket.StatusPolicyViolation, true},
		{"half a sample", func(s *sender) { s.text(ok); s.audio(make([]byte, 6)) }, "bad_message", websocket.StatusPolicyViolation, true},
		{"too long a message", func(s *sender) { s.text(ok); s.audio(make([]byte, maxMessage+4)) }, "", websocket.StatusMessageTooBig, true},
		{"too long a start", func(s *sender) { s.text(`{"type":"` + strings.Repeat("x", maxMessage) + `"}`) }, "", websocket.StatusMessageTooBig, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			s := b.connect("/feed/here")
			c.send(s)
			if code, status := s.closed(); code != c.code || status != c.status {
				t.Errorf("got code %q and close status %v, want %q and %v", code, status, c.code, c.status)
			}
			b.stop()
			if got := len(b.calls) > 0; got != c.begun {
				t.Errorf("got a call: %v, want %v", got, c.begun)
			}
			if c.begun && b.wait(t) == "" {
				t.Error("got a call that ended without a failure, want one")
			}
			if got := testutil.CollectAndCount(b.server.metrics.failed); got != 1 {
				t.Errorf("got %d reasons counted, want 1", got)
			}
		})
	}
}
