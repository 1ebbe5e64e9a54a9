package feed

import (
	"testing"
	"time"

	"timbre"
)

// FuzzMessages feeds two messages to what reads them: nothing may panic, and what comes of them must be possible.
func FuzzMessages(f *testing.F) {
	audio := mediaJSON(`"streamSid":"1"`, "outbound", 20, []byte{1, 2, 3})
	for _, second := range []string{audio, `{"event":"stop"}`, `{"type":"stop"}`, "\x01\x02\x03\x04"} {
		f.Add([]byte(startJSON(timbre.LinearPCM, 16000, "callee", "caller")), []byte(second), true)
		f.Add([]byte(startJSON(timbre.MuLaw, 8000, "mixed")), []byte(second), false)
		f.Add([]byte(twilioStart(`["inbound","outbound"]`, `{"caller":"outbound","to":"7"}`)), []byte(second), true)
		f.Add([]byte(telnyxStart("PCMA")), []byte(second), true)
		f.Add([]byte(`{"event":"websocket:connected","content-type":"audio/l16;rate=16000","side":"callee","x":{"y":[1]}}`), []byte(second), false)
	}
	f.Add([]byte(`{"type":"start"}`), []byte("0"), false)
	f.Add([]byte(twilioConnected), []byte(twilioConnected), true)
	f.Add([]byte(`{"event":"start","stream_id":null,"streamSid":{},"start":[]}`), []byte(`{"media":{"timestamp":99999999999999999999}}`), true)
	f.Fuzz(func(t *testing.T, first, second []byte, text bool) {
		d, err := detect(first)
		if d == nil || err != nil {
			return
		}
		sound(t, d, d.text, first)
		if text {
			sound(t, d, d.text, second)
		} else {
			sound(t, d, d.binary, second)
		}
	})
}

// sound checks what a message is taken for.
func sound(t *testing.T, d dialect, read func([]byte) (any, error), message []byte) {
	what, err := read(message)
	if err != nil {
		return
	}
	switch what := what.(type) {
	case nil, stopMessage:
	case startMessage:
		if what.encoding.SampleBytes() == 0 || len(what.tracks) > len(message) {
			t.Errorf("%s: %+v", d.name(), what)
		}
	case audio:
		n := 0
		for _, p := range what {
			n += len(p.payload)
			if p.name == "" || p.side > timbre.Callee || p.at < 0 || p.at > 181*24*time.Hour {
				t.Errorf("%s: %+v", d.name(), p)
			}
		}
		if n > len(message) {
			t.Errorf("%s: %d bytes of %d", d.name(), n, len(message))
		}
	default:
		t.Errorf("%s: %T", d.name(), what)
	}
}
