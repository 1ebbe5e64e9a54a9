package transport

import (
	"strings"
	"testing"
)

func TestMirrorAnswersOnlyRequests(t *testing.T) {
	good := text("INVITE", "192.0.2.1:5060")
	for name, c := range map[string]struct {
		text string
		want string // status of the response; empty: none
	}{
		"a request":          {good, "400"},
		"cut short":          {good[:len(good)-20], "400"},
		"another scheme":     {strings.Replace(good, "sip:timbre", "tel:1", 1), "416"},
		"an ACK":             {strings.Replace(good, "INVITE", "ACK", 1), ""},
		"a response":         {strings.Replace(good, "INVITE sip:", "SIP/2.0 200 ", 1), ""},
		"another protocol's": {"GET / HTTP/1.1\r\nFrom: x\r\n\r\n", ""},
		"without a Via":      {strings.Replace(good, "Via", "X-Via", 1), ""},
		"empty":              {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			res := string(mirror([]byte(c.text)))
			if (res != "") != (c.want != "") || !strings.HasPrefix(strings.TrimPrefix(res, "SIP/2.0 "), c.want) {
				t.Errorf("got %q, want status %q", res, c.want)
			}
			if len(res) > len(c.text)+64 {
				t.Errorf("got %d bytes for %d: more than the source has sent", len(res), len(c.text))
			}
		})
	}
}

func TestWithStatusLineKeepsTheHeaders(t *testing.T) {
	res := mirror([]byte(text("INVITE", "192.0.2.1:5060")))
	got := string(withStatusLine(res, "SIP/2.0 503 Service Unavailable\r\nRetry-After: 5"))
	if !strings.HasPrefix(got, "SIP/2.0 503 Service Unavailable\r\nRetry-After: 5\r\nVia: ") {
		t.Errorf("got %q", got)
	}
	if got := withStatusLine(nil, "SIP/2.0 503 Service Unavailable"); got != nil {
		t.Errorf("got %q of no response, want none", got)
	}
}
