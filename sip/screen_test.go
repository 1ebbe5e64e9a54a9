package sip

import (
	"net"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

func TestOnlyWhatCanBeAnsweredIsAnsweredWithout(t *testing.T) {
	good := message{method: "INVITE", seq: 1}.String()
	for name, c := range map[string]struct {
		text     string
		answered bool
	}{
		"a request":        {good, true},
		"cut short":        {good[:len(good)-20], true},
		"an ACK":           {strings.Replace(good, "INVITE", "ACK", 1), false},
		"an answer":        {strings.Replace(good, "INVITE sip:", "SIP/2.0 200 ", 1), false},
		"of another world": {"GET / HTTP/1.1\r\nFrom: x\r\n\r\n", false},
		"without a Via":    {strings.Replace(good, "Via", "X-Via", 1), false},
		"empty":            {"", false},
	} {
		res := string(badRequest([]byte(c.text)))
		if (res != "") != c.answered || len(res) > len(c.text)+64 {
			t.Errorf("%s: %s", name, res)
		}
	}
}

func TestWhatIsReadableIsLeftAsItIs(t *testing.T) {
	b := newBench(t)
	from := gosip.TransportReadProps{Transport: "UDP", LocalAddr: &net.UDPAddr{}, RemoteAddr: &net.UDPAddr{}}
	for _, text := range []string{"\r\n\r\n", "", "\x00\x00"} {
		if got, err := b.screen(from, []byte(text)); err != nil || got != nil {
			t.Errorf("%q is %q, and says nothing: %v", text, got, err)
		}
	}
	for _, text := range []string{recording("call-1").String()} {
		if got, err := b.screen(from, []byte(text)); err != nil || string(got) != text {
			t.Errorf("%q %v", got, err)
		}
	}
	from.Transport = "TCP"
	if got, err := b.screen(from, []byte("half a mess")); err != nil || string(got) != "half a mess" {
		t.Errorf("%q %v", got, err)
	}
}

func FuzzScreen(f *testing.F) {
	f.Add([]byte(recording("call-1").String()))
	f.Add([]byte(strings.Replace(recording("call-1").String(), ">;+sip.src", "", 1)))
	f.Add([]byte("INVITE sip:x SIP/2.0\r\nVia: x\r\nFrom: x\r\nTo: x\r\nCall-ID: x\r\nCSeq: x\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newBench(t)
		from := gosip.TransportReadProps{Transport: "UDP", LocalAddr: &net.UDPAddr{}, RemoteAddr: &net.UDPAddr{}}
		got, err := b.screen(from, data)
		if err != nil {
			t.Fatal(err)
		}
		counted := b.rejected("parse")
		switch {
		case len(got) > 0 && len(strings.Trim(string(got), "\r\n\x00")) > 0 && b.readable(got) != nil:
			t.Error("something unreadable went on")
		case len(got) == 0 && len(strings.Trim(string(data), "\r\n\x00")) > 0 && counted != 1:
			t.Error("something was dropped and not counted")
		}
	})
}

// FuzzRequest gives the server whatever the stack can read, as a first request and within a call.
func FuzzRequest(f *testing.F) {
	f.Add([]byte(recording("call-1").String()))
	f.Add([]byte(message{method: "OPTIONS", seq: 1}.String()))
	f.Add([]byte(strings.Replace(recording("call-1").String(), "Require", "Session-Expires: 90\r\nRecord-Route: <sip:a>, <sip:b>\r\nRequire", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		msg, err := gosip.ParseMessage(data)
		if err != nil {
			return
		}
		req, ok := msg.(*gosip.Request)
		if !ok {
			return
		}
		req.SetTransport("UDP")
		req.SetSource("127.0.0.1:5099")
		inBubble(func(t *testing.T) {
			b := newBench(t)
			if code := b.answerTo(t, req); code == 500 {
				t.Errorf("a server error for\n%s", data)
			}
			b.close()
		})(t)
	})
}
