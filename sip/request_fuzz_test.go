package sip

import (
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// FuzzRequest gives the server whatever the stack can read, as a first request and within a call.
func FuzzRequest(f *testing.F) {
	f.Add([]byte(recordingOf("call-1").String()))
	f.Add([]byte(message{method: "OPTIONS", seq: 1}.String()))
	f.Add([]byte(strings.Replace(recordingOf("call-1").String(), "Require", "Session-Expires: 90\r\nRecord-Route: <sip:a>, <sip:b>\r\nRequire", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		msg, err := header.Parse(data)
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
			if code := b.answerTo(t, req); code == 500 || b.rejected("internal") != 0 {
				t.Errorf("got %d for\n%s\nwant no fault of the server", code, data)
			}
			b.close()
		})(t)
	})
}
