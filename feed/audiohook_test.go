package feed

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

// hookClient is an AudioHook client, which holds the server to the rules of the protocol.
type hookClient struct {
	*sender
	seq, serverSeq int
	position       time.Duration
}

func (b *bench) hook(change ...func(http.Header)) *hookClient {
	b.t.Helper()
	s, status := b.dial("/feed/here", change...)
	if s == nil {
		b.t.Fatalf("got status %d, want a feed", status)
	}
	return &hookClient{sender: s}
}

// write sends a message; change makes it another.
func (c *hookClient) write(kind, parameters string, change ...func(map[string]any)) {
	c.t.Helper()
	c.seq++
	m := map[string]any{
		"version": "2", "type": kind, "id": hookSession, "seq": c.seq, "serverseq": c.serverSeq,
		"position": fmt.Sprintf("PT%.3fS", c.position.Seconds()), "parameters": json.RawMessage(parameters),
	}
	for _, do := range change {
		do(m)
	}
	text, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	c.text(string(text))
}

// read reads a message of a kind, and returns its parameters.
func (c *hookClient) read(kind string) map[string]any {
	c.t.Helper()
	m := c.answer()
	c.serverSeq++
	want := map[string]any{"version": "2", "type": kind, "id": hookSession, "seq": float64(c.serverSeq), "clientseq": float64(c.seq)}
	parameters, _ := m["parameters"].(map[string]any)
	delete(m, "parameters")
	if !maps.Equal(m, want) || parameters == nil {
		c.t.Fatalf("got %v with parameters %v, want %v", m, parameters, want)
	}
	return parameters
}

// speak sends audio of so many samples a channel.
func (c *hookClient) speak(message []byte, samples int) {
	c.t.Helper()
	c.audio(message)
	c.position += timbre.Duration(samples)
}

// ended reads the end of the connection.
func (c *hookClient) ended(want websocket.StatusCode) {
	c.t.Helper()
	if _, got := c.closed(); got != want {
		c.t.Errorf("got close status %v, want %v", got, want)
	}
}

// bothChannels is what a client offers.
const bothChannels = `{"type":"audio","format":"PCMU","channels":["external","internal"],"rate":8000}`

// opening are the parameters of an open message; more begins with a comma.
func opening(conversation, media, more string) string {
	return fmt.Sprintf(`{"organizationId":%q,"conversationId":%q,"participant":{"id":%q,"ani":"+12065550100","aniName":"Ann","dnis":"+12065550199"},`+
		`"media":[%s]%s}`, organization, conversation, hookSession, media, more)
}

// opened is a client whose session is open.
func (b *bench) opened() *hookClient {
	b.t.Helper()
	c := b.hook()
	c.write("open", opening(organization, bothChannels, ""))
	c.read("opened")
	return c
}

func TestAudioHookSessionIsACall(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	c := b.hook(ann().sign(b.url, "/feed/here"), func(h http.Header) { h.Del("Signature"); h.Del("Signature-Input") })
	c.write("open", opening(organization, bothChannels+`,{"type":"audio","format":"PCMU","channels":["external"],"rate":8000}`,
		`,"supportedLanguages":true,"customConfig":{"caller":"internal","queue":7}`))
	got := fmt.Sprint(c.read("opened"))
	if want := "map[media:[map[channels:[external internal] format:PCMU rate:8000 type:audio]] startPaused:false supportedLanguages:[]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	c.speak([]byte{0xff, 0x00, 0xfe, 0x01}, 2) // external is silent, internal loud
	c.write("ping", `{}`)
	c.read("pong")
	c.write("ping", `{"rtt":"PT0.02S"}`)
	c.read("pong")
	c.write("update", `{"language":"de-DE"}`)
	c.read("updated")
	c.write("dtmf", `{"digit":"5"}`) // a type that has no response
	c.speak([]byte{0xfd, 0x02}, 1)
	c.write("close", `{"reason":"end"}`)
	c.read("closed")
	c.ended(websocket.StatusNormalClosure)
	if failure := b.wait(t); failure != "" {
		t.Errorf("got failure %q, want none", failure)
	}
	for i, want := range []struct {
		side  timbre.Side
		label string
		pcm   []int16
	}{{timbre.Callee, "external", []int16{0, 8, 16}}, {timbre.Caller, "internal", []int16{-32124, -31100, -30076}}} {
		l := b.legs[i]
		if l.Side != want.side || l.Label != want.label {
			t.Errorf("leg %d: got %v %s, want %v %s", i, l.Side, l.Label, want.side, want.label)
		}
		for j, s := range l.pcm() {
			if d := int(s) - int(want.pcm[j]); d < -8 || d > 8 {
				t.Errorf("leg %d: got %v, want %v", i, l.pcm(), want.pcm)
			}
		}
		if n := len(l.pcm()); n != len(want.pcm) {
			t.Errorf("leg %d: got %d samples, want %d", i, n, len(want.pcm))
		}
	}
	if got := b.calls[0].Warnings; len(got) != 0 {
		t.Errorf("got warnings %q, want none", got)
	}
	if got := b.calls[0].Headers["queue"]; got != "7" {
		t.Errorf("got queue %q, want 7", got)
	}
}

func TestAudioHookOffers(t *testing.T) {
	media := func(format string, rate int, channels string) string {
		return fmt.Sprintf(`{"type":"audio","format":%q,"channels":[%s],"rate":%d}`, format, channels, rate)
	}
	both, external, internal := `"external","internal"`, `"external"`, `"internal"`
	for _, c := range []struct {
		name, offer, more string
		legs              []string // side and channel of what is chosen; none: nothing
	}{
		{"both channels", media("PCMU", 8000, both), "", []string{"caller external", "callee internal"}},
		{"both, the other way round", media("PCMU", 8000, `"internal","external"`), "", []string{"callee internal", "caller external"}},
		{"both after one", media("PCMU", 8000, external) + "," + media("L16", 8000, both), "", []string{"caller external", "callee internal"}},
		{"one", media("PCMU", 8000, internal), "", []string{"callee internal"}},
		{"the first of two", media("PCMU", 8000, external) + "," + media("PCMU", 8000, internal), "", []string{"caller external"}},
		{"one that called", media("PCMU", 8000, internal), `,"customConfig":{"caller":"internal"}`, []string{"caller internal"}},
		{"unknown ones first", media("OPUS", 8000, both) + "," + media("PCMU", 16000, both) + "," + media("PCMU", 8000, external), "", []string{"caller external"}},
		{"nothing", "", "", nil},
		{"unknown ones", media("OPUS", 8000, both), "", nil},
		{"no channels", media("PCMU", 8000, ""), "", nil},
		{"one channel twice", media("PCMU", 8000, `"external","external"`), "", nil},
		{"three channels", media("PCMU", 8000, `"external","internal","external"`), "", nil},
		{"another channel", media("PCMU", 8000, `"left"`), "", nil},
		{"video", strings.Replace(media("PCMU", 8000, both), "audio", "video", 1), "", nil},
		{"unknown caller", media("PCMU", 8000, both), `,"customConfig":{"caller":"inbound"}`, nil},
		{"custom parameters that are no object", media("PCMU", 8000, both), `,"customConfig":[]`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			h := b.hook()
			h.write("open", opening(organization, c.offer, c.more))
			if c.legs == nil {
				if got := h.read("disconnect")["reason"]; got != "error" {
					t.Errorf("got reason %v, want error", got)
				}
			} else {
				h.read("opened")
			}
			h.write("close", `{"reason":"end"}`)
			h.read("closed")
			var legs []string
			for _, l := range b.legs {
				legs = append(legs, l.Side.String()+" "+l.Label)
			}
			if !slices.Equal(legs, c.legs) {
				t.Errorf("got legs %q, want %q", legs, c.legs)
			}
		})
	}
}

// Genesys does not document the byte order.
func TestAudioHookTakesLinearPCMInEitherByteOrder(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		b := start(t, Config{}, oneConnector())
		c := b.hook()
		c.write("open", opening(organization, strings.Replace(bothChannels, "PCMU", "L16", 1), ""))
		c.read("opened")
		var message []byte
		for i := range uint16(800) {
			message = order.AppendUint16(order.AppendUint16(message, i), 2*i)
		}
		c.speak(message, 800)
		c.write("close", `{"reason":"end"}`)
		c.read("closed")
		for i, l := range b.legs {
			if pcm := l.pcm(); len(pcm) != 800 || pcm[700] != int16(700*(i+1)) {
				t.Errorf("%v, leg %d: got %d samples, want 800, of which the 700th is %d", order, i, len(pcm), 700*(i+1))
			}
		}
	}
}

func TestMediaTimeJumpsOverWhatAudioHookLeftOut(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	c := b.opened()
	second := make([]byte, 2*timbre.SampleRate)
	c.speak(second, timbre.SampleRate)
	c.write("discarded", `{"start":"PT1S","discarded":"PT2.5S"}`)
	c.speak(second, timbre.SampleRate) // at 3.5 s
	c.write("paused", `{}`)
	c.write("ping", `{}`)
	c.read("pong")
	c.write("resumed", `{"start":"PT4.5S","discarded":"PT10S"}`)
	c.speak(second, timbre.SampleRate) // at 14.5 s
	c.write("close", `{"reason":"end"}`)
	c.read("closed")
	for _, l := range b.legs {
		frames := map[time.Duration]bool{}
		for _, f := range l.frames {
			frames[f.At] = true
		}
		for at, want := range map[time.Duration]bool{
			0: true, 980 * time.Millisecond: true, time.Second: false, 3500 * time.Millisecond: true, 4480 * time.Millisecond: true,
			4500 * time.Millisecond: false, 14500 * time.Millisecond: true,
		} {
			if frames[at] != want {
				t.Errorf("%s: got a frame at %v: %v, want %v", l.Label, at, frames[at], want)
			}
		}
		if got := len(l.pcm()); got != 3*timbre.SampleRate {
			t.Errorf("%s: got %d samples, want three seconds", l.Label, got)
		}
	}
}

// Media time counts the audio that came: what a client says of its position moves nothing.
func TestPositionOfAudioHookIsNotBelieved(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	c := b.opened()
	for _, position := range []time.Duration{0, time.Hour, time.Second, maxPosition} {
		c.position = position
		c.write("ping", `{}`)
		c.read("pong")
		c.audio(make([]byte, 320))
	}
	c.write("close", `{"reason":"end"}`)
	c.read("closed")
	for i, f := range b.legs[0].frames {
		if want := time.Duration(i) * 20 * time.Millisecond; f.At != want {
			t.Errorf("got frame %d at %v, want %v", i, f.At, want)
		}
	}
}

func TestAudioHookMessagesOutOfOrderEndTheSession(t *testing.T) {
	set := func(name string, value any) func(map[string]any) { return func(m map[string]any) { m[name] = value } }
	ping := func(change func(map[string]any)) func(*hookClient) {
		return func(c *hookClient) { c.write("ping", `{}`, change); c.seq-- }
	}
	for name, do := range map[string]func(*hookClient){
		"a number left out":         ping(set("seq", 4)),
		"a number again":            ping(set("seq", 2)),
		"number 0":                  ping(set("seq", 0)),
		"a negative number":         ping(set("seq", -1)),
		"no number":                 ping(func(m map[string]any) { delete(m, "seq") }),
		"a number that is a text":   ping(set("seq", "2")),
		"a message never sent":      ping(set("serverseq", 3)),
		"a message unseen again":    ping(set("serverseq", 0)),
		"no message seen":           ping(set("serverseq", nil)),
		"another session":           ping(set("id", organization)),
		"a session in other form":   ping(set("id", "{"+hookSession+"}")),
		"another version":           ping(set("version", "1")),
		"a version that is none":    ping(set("version", 2)),
		"no position":               ping(func(m map[string]any) { delete(m, "position") }),
		"a position that is none":   ping(set("position", "1s")),
		"a negative position":       ping(set("position", "PT-1S")),
		"an infinite position":      ping(set("position", "PTInfS")),
		"a position of two points":  ping(set("position", "PT1.2.3S")),
		"no parameters":             ping(func(m map[string]any) { delete(m, "parameters") }),
		"a long message":            ping(set("parameters", strings.Repeat("x", maxHookText))),
		"opened again":              func(c *hookClient) { c.write("open", opening(organization, bothChannels, "")) },
		"a discard without an end":  func(c *hookClient) { c.write("discarded", `{"start":"PT0S","discarded":1}`) },
		"no JSON":                   func(c *hookClient) { c.text("{") },
		"half a sample":             func(c *hookClient) { c.audio(make([]byte, 3)) },
		"audio during a pause":      func(c *hookClient) { c.write("paused", `{}`); c.audio(make([]byte, 2)) },
		"an error that is none":     func(c *hookClient) { c.write("error", `[]`) },
		"an end that is none":       func(c *hookClient) { c.write("close", `7`) },
		"a message of another kind": func(c *hookClient) { c.text(`{"type":"start"}`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := start(t, Config{}, oneConnector())
			c := b.opened()
			c.write("ping", `{}`)
			c.read("pong")
			do(c)
			if got := c.read("disconnect")["reason"]; got != "error" {
				t.Errorf("got reason %v, want error", got)
			}
			c.write("close", `{"reason":"disconnect"}`)
			c.read("closed")
			c.ended(websocket.StatusPolicyViolation)
			if failure := b.wait(t); failure == "" {
				t.Error("got no failure of the call, want one")
			}
		})
	}
}

func TestAudioHookProbeIsNoCall(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	c := b.hook()
	c.write("open", opening(noUUID, bothChannels, ""))
	c.read("opened")
	c.audio(make([]byte, 320)) // some clients send it
	c.write("close", `{"reason":"end"}`)
	c.read("closed")
	c.ended(websocket.StatusNormalClosure)
	if len(b.calls) != 0 {
		t.Errorf("got %d calls, want none", len(b.calls))
	}
}

func TestAudioHookProbeTellsWhatACallWouldMeet(t *testing.T) {
	for _, conversation := range []string{noUUID, organization} {
		b := start(t, Config{}, oneConnector())
		c := b.hook()
		c.write("open", opening(conversation, bothChannels, `,"customConfig":{"connectorId":"elsewhere"}`))
		if got := c.read("disconnect"); got["reason"] != "unauthorized" {
			t.Errorf("conversation %s: got %v, want reason unauthorized", conversation, got)
		}
		c.write("close", `{"reason":"disconnect"}`)
		c.read("closed")
		c.ended(websocket.StatusPolicyViolation)
	}
}

// What was signed with the request holds for the session.
func TestAudioHookSessionIsThatOfTheRequest(t *testing.T) {
	for _, name := range []string{"Audiohook-Organization-Id", "Audiohook-Session-Id"} {
		b := start(t, Config{}, oneConnector())
		c := b.hook(func(h http.Header) { h.Set(name, noUUID) })
		c.write("open", opening(organization, bothChannels, ""))
		if got := c.read("disconnect"); got["reason"] != "error" || !strings.Contains(fmt.Sprint(got["info"]), name) {
			t.Errorf("got %v, want an error about %s", got, name)
		}
		if len(b.calls) != 0 {
			t.Errorf("got %d calls, want none", len(b.calls))
		}
	}
}

func TestServerThatStopsAsksAudioHookToClose(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	c := b.opened()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		b.stop()
	}()
	if got := c.read("disconnect")["reason"]; got != "completed" {
		t.Errorf("got reason %v, want completed", got)
	}
	c.write("close", `{"reason":"disconnect"}`)
	c.read("closed")
	c.ended(websocket.StatusGoingAway)
	if failure := b.wait(t); failure != "the server was stopped" {
		t.Errorf("got failure %q, want that the server was stopped", failure)
	}
	<-stopped
}

func TestAudioHookClientThatDoesNotCloseIsClosed(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	c := b.opened()
	c.audio(make([]byte, 1))
	c.read("disconnect")
	c.audio(make([]byte, 320))
	c.text("{}")
	c.ended(websocket.StatusPolicyViolation)
}

func TestErrorOfAnAudioHookClientFailsItsCall(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	c := b.opened()
	c.write("error", `{"code":429,"message":"slow"}`) // it goes on
	c.write("ping", `{}`)
	c.read("pong")
	c.write("error", `{"code":408,"message":"no pong"}`)
	c.write("close", `{"reason":"error"}`)
	c.read("closed")
	if failure := b.wait(t); !strings.HasSuffix(failure, "error 408: no pong") {
		t.Errorf("got failure %q, want the error of the client", failure)
	}
	c.ended(websocket.StatusNormalClosure)
	b.stop()
	if got := testutil.ToFloat64(b.server.metrics.failed.WithLabelValues("sender")); got != 1 {
		t.Errorf("got %v failed feeds counted, want 1", got)
	}
}

func TestAudioHookIsHeldToRealTime(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	c := b.opened()
	second := make([]byte, 2*timbre.SampleRate)
	for range 25 { // of two legs: 50 s
		c.speak(second, timbre.SampleRate)
	}
	c.write("close", `{"reason":"end"}`)
	c.read("closed")
	if got := testutil.ToFloat64(b.server.metrics.throttled); got == 0 {
		t.Error("got no message delayed, want some")
	}
	if got := len(b.legs[0].pcm()); got != 25*timbre.SampleRate {
		t.Errorf("got %d samples, want all", got)
	}
}
