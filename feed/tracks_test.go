package feed

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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

// mediaJSON is 20 ms of a track; at is left out when negative.
func mediaJSON(id, track string, at int, payload []byte) string {
	stamp := ""
	if at >= 0 {
		stamp = fmt.Sprintf(`"timestamp":"%d",`, at)
	}
	return fmt.Sprintf(`{"event":"media","sequenceNumber":"7",%s,"media":{"track":%q,"chunk":"1",%s"payload":%q}}`,
		id, track, stamp, base64.StdEncoding.EncodeToString(payload))
}

func TestTwilioStreamIsACallWithALegPerTrack(t *testing.T) {
	a, z := codec.ULaw.Encode(nil, voice(1600, 1)), codec.ULaw.Encode(nil, voice(1600, 2))
	for _, c := range []struct {
		tracks, parameters string
		inbound            timbre.Side
	}{
		{`["inbound","outbound"]`, `{"from":"+12065550100","callId":"mine","Queue":"sales"}`, timbre.Caller},
		{`["outbound","inbound"]`, `{"from":"+12065550100","callId":"mine","Queue":"sales","caller":"outbound"}`, timbre.Callee},
		{`["inbound"]`, `{"from":"+12065550100","callId":"mine","Queue":"sales","Caller":"inbound"}`, timbre.Caller}, // the other one joins
	} {
		b := start(t, Config{}, oneConnector())
		s := b.connect("/feed/here")
		s.text(twilioConnected)
		s.text(twilioStart(c.tracks, c.parameters))
		for i := range 10 {
			s.text(mediaJSON(`"streamSid":"MZ1"`, "inbound", 5+20*i, a[160*i:][:160]))
			s.text(mediaJSON(`"streamSid":"MZ1"`, "outbound", 5+20*i, z[160*i:][:160]))
			s.text(`{"event":"dtmf","streamSid":"MZ1","dtmf":{"track":"inbound_track","digit":"1"}}`)
			s.text(`{"event":"mark","streamSid":"MZ1","mark":{"name":"x"}}`)
		}
		s.text(`{"event":"stop","streamSid":"MZ1","stop":{"accountSid":"AC1","callSid":"CA1"}}`)
		if _, status := s.closed(); status != websocket.StatusNormalClosure {
			t.Errorf("closed by %v", status)
		}
		if failure := b.wait(t); failure != "" {
			t.Errorf("failure %q", failure)
		}
		call := b.calls[0]
		if call.CallID != "mine" || call.From != "+12065550100" || call.Headers["queue"] != "sales" || call.Headers["streamsid"] != "MZ1" || call.Headers["caller"] != "" {
			t.Errorf("%+v", call)
		}
		if guess := !strings.Contains(strings.ToLower(c.parameters), `"caller"`); guess != (len(call.Warnings) == 1) {
			t.Errorf("%s: warnings %q", c.parameters, call.Warnings)
		}
		if len(b.legs) != 2 {
			t.Fatalf("%d legs", len(b.legs))
		}
		for _, e := range b.legs {
			want := codec.ULaw.Decode(nil, map[string][]byte{"inbound": a, "outbound": z}[e.Label])
			if !slices.Equal(e.pcm(), want) || (e.Side == c.inbound) != (e.Label == "inbound") || e.Side == timbre.Mixed {
				t.Errorf("%s: leg %v heard %d samples", c.tracks, e.Leg, len(e.pcm()))
			}
			follow(t, e)
		}
	}
}

func TestTelnyxLegsJoinWithTheirFirstAudio(t *testing.T) {
	for encoding, law := range map[string]codec.Law{"PCMU": codec.ULaw, "PCMA": codec.ALaw} {
		b := start(t, Config{}, oneConnector())
		s := b.connect("/feed")
		a, z := law.Encode(nil, voice(1600, 1)), law.Encode(nil, voice(1600, 2))
		s.text(telnyxConnected)
		s.text(telnyxStart(encoding))
		for i := range 10 {
			if i > 4 {
				s.text(mediaJSON(`"stream_id":"s-1"`, "inbound", 20*i, a[160*i:][:160]))
			}
			s.text(mediaJSON(`"stream_id":"s-1"`, "outbound", 20*i, z[160*i:][:160]))
		}
		s.text(`{"event":"stop","stream_id":"s-1"}`)
		s.closed()
		if failure := b.wait(t); failure != "" {
			t.Errorf("failure %q", failure)
		}
		if c := b.calls[0]; c.CallID != "v3:1" || c.From != "+12065550100" || c.To != "+12065550199" || c.Headers["client_state"] != "c3RhdGU=" || len(c.Warnings) != 1 {
			t.Errorf("%+v", c)
		}
		if len(b.legs) != 2 || b.legs[0].Side != timbre.Callee || b.legs[1].Side != timbre.Caller || b.legs[1].Index != 1 ||
			!slices.Equal(b.legs[0].pcm(), law.Decode(nil, z)) || !slices.Equal(b.legs[1].pcm(), law.Decode(nil, a[800:])) {
			t.Errorf("%s: %d legs", encoding, len(b.legs))
		}
	}
}

func TestVonageSocketIsACallWithOneLeg(t *testing.T) {
	for _, c := range []struct {
		first string
		rate  int
		side  timbre.Side
	}{
		{`{"event":"websocket:connected","content-type":"audio/l16;rate=16000","callId":"c","from":"1","age":40,"vip":true,"nested":{"a":1}}`, 16000, timbre.Mixed},
		{`{"event":"websocket:connected","content-type":"audio/l16; rate=8000","callId":"c","from":"1","age":40,"vip":true,"side":"caller"}`, 8000, timbre.Caller},
	} {
		b := start(t, Config{}, oneConnector())
		s := b.connect("/feed/here")
		a := voice(3200, 3)
		s.text(c.first)
		for piece := range slices.Chunk(linear(a), c.rate/25) {
			s.audio(piece)
		}
		s.text(`{"event":"websocket:dtmf","digit":"5","duration":260}`)
		_ = s.Close(websocket.StatusNormalClosure, "hung up") // it has no stop message
		if failure := b.wait(t); failure != "" {
			t.Errorf("failure %q", failure)
		}
		if call := b.calls[0]; call.CallID != "c" || call.From != "1" || call.Headers["age"] != "40" || call.Headers["vip"] != "true" || len(call.Headers) != 2 {
			t.Errorf("%+v", call)
		}
		got, want := b.legs[0].pcm(), a
		if c.rate == 16000 {
			got, want = got[14:], codec.Halve(a)[:1586]
		}
		if len(b.legs) != 1 || b.legs[0].Side != c.side || !slices.Equal(got, want) {
			t.Errorf("%d Hz: %d samples on leg %v", c.rate, len(got), b.legs[0].Leg)
		}
	}
}

func TestMalformedStreamIsClosed(t *testing.T) {
	twilioOK, telnyxOK := twilioStart(`["inbound"]`, `{}`), telnyxStart("PCMU")
	for name, messages := range map[string][]string{
		"media first":         {twilioConnected, `{"event":"media","streamSid":"MZ1","media":{}}`},
		"another track":       {twilioStart(`["sideways"]`, `{}`)},
		"a strange caller":    {twilioStart(`["inbound"]`, `{"caller":"me"}`)},
		"another format":      {`{"event":"start","streamSid":"1","start":{"mediaFormat":{"encoding":"audio/x-l16","sampleRate":8000,"channels":1}}}`},
		"tracks of no list":   {twilioStart(`"inbound"`, `{}`)},
		"a second start":      {twilioOK, twilioOK},
		"media of no track":   {twilioOK, mediaJSON(`"streamSid":"1"`, "sideways", 0, nil)},
		"no base64":           {twilioOK, `{"event":"media","media":{"track":"inbound","payload":"%%%"}}`},
		"a payload of number": {twilioOK, `{"event":"media","media":{"track":"inbound","payload":7}}`},
		"a time of words":     {twilioOK, `{"event":"media","media":{"track":"inbound","timestamp":"soon","payload":""}}`},
		"Opus":                {telnyxStart("OPUS")},
		"telnyx twice":        {telnyxOK, telnyxOK},
		"telnyx track":        {telnyxOK, mediaJSON(`"stream_id":"1"`, "sideways", 0, nil)},
		"vonage of MP3":       {`{"event":"websocket:connected","content-type":"audio/mp3"}`},
		"vonage of no rate":   {`{"event":"websocket:connected","content-type":"audio/l16"}`},
		"vonage at 48 kHz":    {`{"event":"websocket:connected","content-type":"audio/l16;rate=48000"}`},
		"vonage of a side":    {`{"event":"websocket:connected","content-type":"audio/l16;rate=8000","side":"left"}`},
	} {
		b := start(t, Config{}, oneConnector())
		s := b.connect("/feed/here")
		for _, m := range messages {
			s.text(m)
		}
		if code, status := s.closed(); status != websocket.StatusPolicyViolation || code != "" && name != "media first" {
			t.Errorf("%s: told %q, closed by %v", name, code, status)
		}
	}
}

// A binary message is none of theirs.
func TestTextDialectsRefuseBinaryMessages(t *testing.T) {
	for _, first := range []string{twilioStart(`["inbound"]`, `{}`), telnyxStart("PCMU")} {
		b := start(t, Config{}, oneConnector())
		s := b.connect("/feed/here")
		s.text(first)
		s.audio([]byte{0xFF})
		if _, status := s.closed(); status != websocket.StatusPolicyViolation {
			t.Errorf("closed by %v", status)
		}
	}
}

func TestMediaTimeFollowsTimeStamps(t *testing.T) {
	const chunk = 20 * time.Millisecond
	for name, c := range map[string]struct {
		at   []int // milliseconds of each chunk of 20 ms; -1: not said
		want []int // where it is heard; -1: not at all
	}{
		"in a row":              {[]int{7, 27, 47}, []int{0, 20, 40}},
		"no clock":              {[]int{-1, -1, -1}, []int{0, 20, 40}},
		"half a clock":          {[]int{-1, 500, -1, 540, 600}, []int{0, 20, 40, 60, 120}},
		"jitter":                {[]int{0, 24, 37, 66}, []int{0, 20, 40, 60}},
		"one lost":              {[]int{0, 20, 60, 80}, []int{0, 20, 60, 80}},
		"a hold":                {[]int{0, 20, 60020, 60040}, []int{0, 20, 60020, 60040}},
		"late":                  {[]int{0, 40, 20, 60}, []int{0, 40, -1, 60}},
		"twice":                 {[]int{0, 20, 20, 40}, []int{0, 20, -1, 40}},
		"a clock that restarts": {[]int{90000, 90020, 0, 20}, []int{0, 20, 40, 60}},
		"a clock that leaps":    {[]int{0, 20, 9000000, 9000020}, []int{0, 20, 40, 60}},
	} {
		e := &recorder{}
		d, err := codec.NewRaw(timbre.MuLaw, 8000)
		if err != nil {
			t.Fatal(err)
		}
		l := leg{decoder: d, to: e}
		var want []time.Duration
		for i, at := range c.at {
			p := piece{payload: codec.ULaw.Encode(nil, voice(160, i)), timed: at >= 0, at: time.Duration(at) * time.Millisecond}
			heard, err := l.receive(p)
			if err != nil || heard != (c.want[i] >= 0) {
				t.Errorf("%s: chunk %d heard: %v, %v", name, i, heard, err)
			}
			if c.want[i] >= 0 {
				want = append(want, time.Duration(c.want[i])*time.Millisecond)
			}
		}
		l.flush()
		var got []time.Duration
		for _, f := range e.frames {
			got = append(got, f.At)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: heard at %v, want %v (chunks of %v)", name, got, want, chunk)
		}
	}
}

func TestMediaTimeDoesNotOverflow(t *testing.T) {
	e := &recorder{}
	d, _ := codec.NewRaw(timbre.MuLaw, 8000)
	l := leg{decoder: d, to: e}
	for i := range 5000 {
		if _, err := l.receive(piece{payload: make([]byte, 160), timed: true, at: time.Duration(i) * 59 * time.Minute}); err != nil {
			t.Fatal(err)
		}
	}
	for i, f := range e.frames[1:] {
		if f.At <= e.frames[i].At {
			t.Fatalf("frame %d at %v after %v", i+1, f.At, e.frames[i].At)
		}
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
	if n := testutil.ToFloat64(b.server.metrics.late); n != 1 {
		t.Errorf("%v counted", n)
	}
}
