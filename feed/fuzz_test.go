package feed

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"timbre"
)

// FuzzMessages parses two messages: none may cause a panic, and what is parsed must be possible.
func FuzzMessages(f *testing.F) {
	audio := mediaJSON(`"streamSid":"1"`, "outbound", 20, []byte{1, 2, 3})
	for _, second := range []string{audio, `{"event":"stop"}`, `{"type":"stop"}`, "\x01\x02\x03\x04"} {
		f.Add([]byte(startJSON("pcm_s16le", 16000, "callee", "caller")), []byte(second), true)
		f.Add([]byte(startJSON("mulaw", 8000, "mixed")), []byte(second), false)
		f.Add([]byte(twilioStart(`["inbound","outbound"]`, `{"caller":"outbound","to":"7"}`)), []byte(second), true)
		f.Add([]byte(telnyxStart("PCMA")), []byte(second), true)
		f.Add([]byte(`{"event":"websocket:connected","content-type":"audio/l16;rate=16000","side":"callee","x":{"y":[1]}}`), []byte(second), false)
	}
	for _, c := range transcripts(f) {
		for i, m := range c.messages[1:] {
			f.Add([]byte(c.messages[i]), []byte(m), !strings.HasPrefix(m, "binary "))
		}
	}
	f.Add([]byte(`{"type":"start"}`), []byte("0"), false)
	f.Add([]byte(twilioConnected), []byte(twilioConnected), true)
	f.Add([]byte(`{"event":"start","stream_id":null,"streamSid":{},"start":[]}`), []byte(`{"media":{"timestamp":99999999999999999999}}`), true)
	f.Fuzz(func(t *testing.T, first, second []byte, text bool) {
		k, err := detect(first)
		if k == nil || err != nil {
			return
		}
		d := k.open()
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
	case reply:
		if _, err := json.Marshal(m()); err != nil {
			t.Errorf("%T: got a reply that cannot be sent: %v", d, err)
		}
	case startMessage:
		if m.codec == 0 || len(m.tracks) > len(message) {
			t.Errorf("%T: got %+v", d, m)
		}
	case audio:
		checkAudio(t, m, len(message))
	default:
		t.Errorf("%T: got %T", d, m)
	}
}

func checkAudio(t *testing.T, a audio, longest int) {
	n := 0
	for _, p := range a {
		n += len(p.Payload)
		if p.name == "" || p.side > timbre.Callee {
			t.Errorf("got track %+v", p.track)
		}
	}
	if n > longest {
		t.Errorf("got %d bytes of audio in a message of %d", n, longest)
	}
}

// FuzzAudioHook takes the lines of a session in turn: text, or B and the bytes of a binary message. What comes out is in order.
func FuzzAudioHook(f *testing.F) {
	for _, c := range transcripts(f) {
		if c.dialect == audioHookKind.name {
			f.Add(strings.ReplaceAll(strings.Join(c.messages, "\n"), "binary 3200", "Bvoice!"))
		}
	}
	line := func(seq int, kind, parameters string) string {
		return fmt.Sprintf(`{"version":"2","type":%q,"id":%q,"seq":%d,"serverseq":0,"position":"PT1.5S","parameters":%s}`, kind, hookSession, seq, parameters)
	}
	f.Add(strings.Join([]string{
		line(1, "open", opening(noUUID, bothChannels, `,"customConfig":{"caller":"internal","a":[1]}`)), "Bab", line(2, "paused", "{}"), "Bab",
		line(3, "discarded", `{"discarded":"PT99999999999S"}`), line(4, "resumed", `{"discarded":"PT.5S"}`), "Babcd", line(5, "error", `{"code":1}`),
		line(6, "close", `{"reason":"error"}`),
	}, "\n"))
	f.Fuzz(func(t *testing.T, session string) {
		h := &audioHook{}
		end := time.Duration(0)
		for line := range strings.SplitSeq(session, "\n") {
			voice, binary := strings.CutPrefix(line, "B")
			before := h.dialog.received
			if !binary {
				checkParsed(t, h, h.text, []byte(line))
				if after := h.dialog.received; after != before && after != before+1 {
					t.Errorf("got message %d after %d", after, before)
				}
				continue
			}
			checkParsed(t, h, h.binary, []byte(voice))
			if h.at < end || h.at > maxPosition {
				t.Errorf("got audio that ends at %v, after %v", h.at, end)
			}
			end = h.at
		}
		if text, err := json.Marshal(h.failed(fail("idle", session))); err != nil || h.parts(text) {
			t.Errorf("got %s, %v", text, err)
		}
	})
}
