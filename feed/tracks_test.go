package feed

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/rtp/codec"
)

const (
	twilioConnected = `{"event":"connected","protocol":"Call","version":"1.0.0"}`
	telnyxConnected = `{"event":"connected","version":"1.0.0"}`
)

func twilioStart(tracks, parameters string) string {
	return `{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ1","callSid":"CA1","tracks":` + tracks + `,
		"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":` + parameters + `},"streamSid":"MZ1"}`
}

func telnyxStart(encoding string) string {
	return `{"event":"start","sequence_number":"1","start":{"user_id":"u","call_control_id":"v3:1","client_state":"c3RhdGU=",
		"from":"+12065550100","to":"+12065550199","media_format":{"encoding":"` + encoding + `","sample_rate":8000,"channels":1}},"stream_id":"s-1"}`
}

// mediaJSON is a media message with a piece of a track; without a time stamp if at is negative.
func mediaJSON(id, track string, at int, payload []byte) string {
	stamp := ""
	if at >= 0 {
		stamp = fmt.Sprintf(`"timestamp":"%d",`, at)
	}
	return fmt.Sprintf(`{"event":"media","sequenceNumber":"7",%s,"media":{"track":%q,"chunk":"1",%s"payload":%q}}`,
		id, track, stamp, base64.StdEncoding.EncodeToString(payload))
}

// run sends text messages of a dialect on a new feed, then waits for its end without a failure.
func (b *bench) run(path string, messages ...string) {
	b.t.Helper()
	s := b.connect(path)
	for _, m := range messages {
		s.text(m)
	}
	if _, status := s.closed(); status != websocket.StatusNormalClosure {
		b.t.Errorf("got close status %v, want %v", status, websocket.StatusNormalClosure)
	}
	if failure := b.wait(b.t); failure != "" {
		b.t.Errorf("got failure %q, want none", failure)
	}
}

// checkFields compares named strings.
func checkFields(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: got %q, want %q", name, got[name], want[name])
		}
	}
}

// fields are the parties of a call and its metadata.
func fields(c timbre.Call) map[string]string {
	all := map[string]string{"callId": c.CallID, "from": c.From, "to": c.To}
	for name, value := range c.Headers {
		all["header "+name] = value
	}
	return all
}

// checkLeg checks the track, side and audio of a leg.
func checkLeg(t *testing.T, e *recorder, label string, side timbre.Side, want []int16) {
	t.Helper()
	if e.Label != label || e.Side != side {
		t.Errorf("got leg %+v, want track %s of side %v", e.Leg, label, side)
	}
	if got := e.pcm(); !slices.Equal(got, want) {
		t.Errorf("%s: got %d samples that differ from the %d sent", label, len(got), len(want))
	}
	checkFrames(t, e)
}

func TestTwilioStreamIsACallWithALegPerTrack(t *testing.T) {
	a, z := codec.ULaw.Encode(nil, voice(1600, 1)), codec.ULaw.Encode(nil, voice(1600, 2))
	for name, c := range map[string]struct {
		tracks, caller    string // caller: a custom parameter
		inbound, outbound timbre.Side
		warnings          int
	}{
		"no parameter":               {`["inbound","outbound"]`, "", timbre.Caller, timbre.Callee, 1},
		"outbound is the caller's":   {`["outbound","inbound"]`, `,"caller":"outbound"`, timbre.Callee, timbre.Caller, 0},
		"one track, the other joins": {`["inbound"]`, `,"Caller":"inbound"`, timbre.Caller, timbre.Callee, 0},
	} {
		t.Run(name, func(t *testing.T) {
			messages := []string{twilioConnected, twilioStart(c.tracks, `{"from":"+12065550100","callId":"mine","Queue":"sales"`+c.caller+`}`)}
			for i := range 10 {
				messages = append(messages,
					mediaJSON(`"streamSid":"MZ1"`, "inbound", 5+20*i, a[160*i:][:160]),
					mediaJSON(`"streamSid":"MZ1"`, "outbound", 5+20*i, z[160*i:][:160]),
					`{"event":"dtmf","streamSid":"MZ1","dtmf":{"track":"inbound_track","digit":"1"}}`,
					`{"event":"mark","streamSid":"MZ1","mark":{"name":"x"}}`)
			}
			b := start(t, Config{}, oneConnector())
			b.run("/feed/here", append(messages, `{"event":"stop","streamSid":"MZ1","stop":{"accountSid":"AC1","callSid":"CA1"}}`)...)
			checkFields(t, fields(b.calls[0]), map[string]string{
				"callId": "mine", "from": "+12065550100", "header queue": "sales", "header streamsid": "MZ1", "header caller": "",
			})
			if got := len(b.calls[0].Warnings); got != c.warnings {
				t.Errorf("got warnings %q, want %d", b.calls[0].Warnings, c.warnings)
			}
			if len(b.legs) != 2 {
				t.Fatalf("got %d legs, want 2", len(b.legs))
			}
			slices.SortFunc(b.legs, func(a, b *recorder) int { return strings.Compare(a.Label, b.Label) })
			checkLeg(t, b.legs[0], "inbound", c.inbound, codec.ULaw.Decode(nil, a))
			checkLeg(t, b.legs[1], "outbound", c.outbound, codec.ULaw.Decode(nil, z))
		})
	}
}

func TestTelnyxLegsJoinWithTheirFirstAudio(t *testing.T) {
	for encoding, law := range map[string]codec.Law{"PCMU": codec.ULaw, "PCMA": codec.ALaw} {
		t.Run(encoding, func(t *testing.T) {
			a, z := law.Encode(nil, voice(1600, 1)), law.Encode(nil, voice(1600, 2))
			messages := []string{telnyxConnected, telnyxStart(encoding)}
			for i := range 10 {
				if i > 4 {
					messages = append(messages, mediaJSON(`"stream_id":"s-1"`, "inbound", 20*i, a[160*i:][:160]))
				}
				messages = append(messages, mediaJSON(`"stream_id":"s-1"`, "outbound", 20*i, z[160*i:][:160]))
			}
			b := start(t, Config{}, oneConnector())
			b.run("/feed", append(messages, `{"event":"stop","stream_id":"s-1"}`)...)
			checkFields(t, fields(b.calls[0]), map[string]string{
				"callId": "v3:1", "from": "+12065550100", "to": "+12065550199", "header client_state": "c3RhdGU=",
			})
			if got := len(b.calls[0].Warnings); got != 1 {
				t.Errorf("got warnings %q, want one", b.calls[0].Warnings)
			}
			if len(b.legs) != 2 || b.legs[1].Index != 1 {
				t.Fatalf("got %d legs, want 2, the second of index 1", len(b.legs))
			}
			checkLeg(t, b.legs[0], "outbound", timbre.Callee, law.Decode(nil, z))
			checkLeg(t, b.legs[1], "inbound", timbre.Caller, law.Decode(nil, a[800:]))
		})
	}
}

func TestVonageSocketIsACallWithOneLeg(t *testing.T) {
	a := voice(3200, 3)
	for name, c := range map[string]struct {
		first string
		rate  int
		side  timbre.Side
		want  []int16
	}{
		"16 kHz": {
			`{"event":"websocket:connected","content-type":"audio/l16;rate=16000","callId":"c","from":"1","age":40,"vip":true,"nested":{"a":1}}`,
			16000, timbre.Mixed, codec.Halve(a)[:1586],
		},
		"8 kHz, a side": {
			`{"event":"websocket:connected","content-type":"audio/l16; rate=8000","callId":"c","from":"1","age":40,"vip":true,"side":"caller"}`,
			8000, timbre.Caller, a,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			s := b.connect("/feed/here")
			s.text(c.first)
			for piece := range slices.Chunk(linear(a), c.rate/25) {
				s.audio(piece)
			}
			s.text(`{"event":"websocket:dtmf","digit":"5","duration":260}`)
			_ = s.Close(websocket.StatusNormalClosure, "hung up") // the dialect has no stop message
			if failure := b.wait(t); failure != "" {
				t.Errorf("got failure %q, want none", failure)
			}
			checkFields(t, fields(b.calls[0]), map[string]string{"callId": "c", "from": "1", "header age": "40", "header vip": "true"})
			if got := len(b.calls[0].Headers); got != 2 {
				t.Errorf("got headers %v, want 2", b.calls[0].Headers)
			}
			if len(b.legs) != 1 || b.legs[0].Side != c.side {
				t.Fatalf("got %d legs, the first %+v, want one of side %v", len(b.legs), b.legs[0].Leg, c.side)
			}
			got := b.legs[0].pcm()
			if c.rate == 16000 { // delayed by the filter
				got = got[14:]
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %d samples that differ from the %d sent", len(got), len(c.want))
			}
		})
	}
}

func TestMalformedStreamIsClosed(t *testing.T) {
	twilioOK, telnyxOK := twilioStart(`["inbound"]`, `{}`), telnyxStart("PCMU")
	for name, c := range map[string]struct {
		messages []string
		code     string // that the sender is sent; only while its dialect is unknown
	}{
		"media first":             {[]string{twilioConnected, `{"event":"media","streamSid":"MZ1","media":{}}`}, "bad_message"},
		"unknown track":           {[]string{twilioStart(`["sideways"]`, `{}`)}, ""},
		"unknown caller":          {[]string{twilioStart(`["inbound"]`, `{"caller":"me"}`)}, ""},
		"unknown format":          {[]string{`{"event":"start","streamSid":"1","start":{"mediaFormat":{"encoding":"audio/mpeg","sampleRate":8000,"channels":1}}}`}, ""},
		"tracks that are no list": {[]string{twilioStart(`"inbound"`, `{}`)}, ""},
		"second start":            {[]string{twilioOK, twilioOK}, ""},
		"media of unknown track":  {[]string{twilioOK, mediaJSON(`"streamSid":"1"`, "sideways", 0, nil)}, ""},
		"no base64":               {[]string{twilioOK, `{"event":"media","media":{"track":"inbound","payload":"%%%"}}`}, ""},
		"payload is a number":     {[]string{twilioOK, `{"event":"media","media":{"track":"inbound","payload":7}}`}, ""},
		"time stamp is no number": {[]string{twilioOK, `{"event":"media","media":{"track":"inbound","timestamp":"soon","payload":""}}`}, ""},
		"Telnyx, AMR-WB":          {[]string{telnyxStart("AMR-WB")}, ""},
		"Telnyx, second start":    {[]string{telnyxOK, telnyxOK}, ""},
		"Telnyx, unknown track":   {[]string{telnyxOK, mediaJSON(`"stream_id":"1"`, "sideways", 0, nil)}, ""},
		"Vonage, MP3":             {[]string{`{"event":"websocket:connected","content-type":"audio/mp3"}`}, ""},
		"Vonage, no rate":         {[]string{`{"event":"websocket:connected","content-type":"audio/l16"}`}, ""},
		"Vonage, 48 kHz":          {[]string{`{"event":"websocket:connected","content-type":"audio/l16;rate=48000"}`}, ""},
		"Vonage, unknown side":    {[]string{`{"event":"websocket:connected","content-type":"audio/l16;rate=8000","side":"left"}`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			s := b.connect("/feed/here")
			for _, m := range c.messages {
				s.text(m)
			}
			if code, status := s.closed(); status != websocket.StatusPolicyViolation || code != c.code {
				t.Errorf("got code %q and close status %v, want %q and %v", code, status, c.code, websocket.StatusPolicyViolation)
			}
		})
	}
}

func TestTextDialectsRefuseBinaryMessages(t *testing.T) {
	for name, first := range map[string]string{"Twilio": twilioStart(`["inbound"]`, `{}`), "Telnyx": telnyxStart("PCMU")} {
		t.Run(name, func(t *testing.T) {
			b := start(t, Config{}, oneConnector())
			s := b.connect("/feed/here")
			s.text(first)
			s.audio([]byte{0xFF})
			if _, status := s.closed(); status != websocket.StatusPolicyViolation {
				t.Errorf("got close status %v, want %v", status, websocket.StatusPolicyViolation)
			}
		})
	}
}

func TestLateAudioIsCounted(t *testing.T) {
	b := start(t, Config{}, oneConnector())
	s := b.connect("/feed/here")
	s.text(twilioStart(`["inbound"]`, `{}`))
	for _, at := range []int{0, 20, 20, 40} {
		s.text(mediaJSON(`"streamSid":"1"`, "inbound", at, make([]byte, 160)))
	}
	s.text(`{"event":"stop"}`)
	s.closed()
	if got := testutil.ToFloat64(b.server.metrics.late); got != 1 {
		t.Errorf("got %v pieces counted, want 1", got)
	}
}
