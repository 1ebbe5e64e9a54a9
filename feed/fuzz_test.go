package feed

import (
	"testing"
	"time"

	"timbre"
)

// FuzzMessages parses two messages: none may cause a panic, and what is parsed must be possible.
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
		checkParsed(t, d, d.text, first)
		if text {
			checkParsed(t, d, d.text, second)
		} else {
			checkParsed(t, d, d.binary, second)
		}
	})
}

// checkParsed checks what a message is parsed as.
func checkParsed(t *testing.T, d dialect, read func([]byte) (any, error), message []byte) {
	parsed, err := read(message)
	if err != nil {
		return
	}
	switch m := parsed.(type) {
	case nil, stopMessage:
	case startMessage:
		if m.encoding.SampleBytes() == 0 || len(m.tracks) > len(message) {
			t.Errorf("%s: got %+v", d.name(), m)
		}
	case audio:
		checkAudio(t, m, len(message))
	default:
		t.Errorf("%s: got %T", d.name(), m)
	}
}

func checkAudio(t *testing.T, a audio, longest int) {
	n := 0
	for _, p := range a {
		n += len(p.payload)
		if p.name == "" || p.side > timbre.Callee {
			t.Errorf("got track %+v", p.track)
		}
		if p.at < 0 || p.at > 181*24*time.Hour {
			t.Errorf("got time stamp %v", p.at)
		}
	}
	if n > longest {
		t.Errorf("got %d bytes of audio in a message of %d", n, longest)
	}
}
