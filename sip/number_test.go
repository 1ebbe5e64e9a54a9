package sip

import (
	"fmt"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

// Whatever a display name or a parameter holds, the caller is who the URI names.
func TestCallersNumbersComeFromTheURIAlone(t *testing.T) {
	r := run(t)
	p := dial(t, r, "udp")
	begun := 0
	for i, from := range []string{
		`"<sip:+19005550199@x>" <sip:+12065550100@127.0.0.1>;tag=1`,
		`"+19005550199" <sip:+12065550100@127.0.0.1>;tag=1`,
		`"a \"<sip:+19005550199@x>, b" <sip:+12065550100@127.0.0.1>;tag=1`,
		`"sip:+19005550199@x;" <sip:+12065550100@127.0.0.1>;tag=1`,
		`+19005550199 <sip:+12065550100@127.0.0.1>;tag=1`,
		`<sip:+12065550100@127.0.0.1>;x="<sip:+19005550199@x>";tag=1`,
		`sip:+12065550100@127.0.0.1;x="<sip:+19005550199@x>;tag=2";tag=1`,
		"\"Ann\"\r\n\t<sip:+12065550100@127.0.0.1> ;\r\n tag = 1",
	} {
		m := recordingOf(fmt.Sprintf("number-%d", i))
		m.from = from
		if res := p.ask(m.String()); res.StatusCode != gosip.StatusOK {
			t.Errorf("%s: got %d, want 200", from, res.StatusCode)
			continue
		}
		if got := r.calls.call(begun).From; got != "+12065550100" {
			t.Errorf("%s: got caller %s, want the number of the URI", from, got)
		}
		begun++
	}
}

// Via, Contact and Record-Route may stand in any form that the grammar has, with all their values in one line.
func TestValuesInOneLineWithWhiteSpaceAreRead(t *testing.T) {
	r := run(t)
	p := dial(t, r, "tcp")
	text := recordingOf("spaced").String()
	for old, odd := range map[string]string{
		"Via: SIP/2.0/UDP 127.0.0.1:5099;branch=": "v : SIP / 2.0 /\r\n TCP 127.0.0.1 : 5099 ; x = \"a, b\" ; branch = ",
		"Contact: <sip:src@127.0.0.1:5099>":       "m : \"a\\\",b\" <sip:src@127.0.0.1:5099> ",
		"Max-Forwards: 70":                        "Max-Forwards : 0070\r\nRecord-Route: \"a, b\" <sip:127.0.0.1;lr> , <sip:127.0.0.2;lr>\r\nVia: SIP/2.0/UDP a.b;branch=1 , SIP/2.0/UDP c.d;branch=2",
	} {
		text = strings.Replace(text, old, odd, 1)
	}
	res := p.ask(text)
	if res.StatusCode != gosip.StatusOK {
		t.Fatalf("got %d, want 200", res.StatusCode)
	}
	for name, want := range map[string]int{"Via": 3, "Record-Route": 2} {
		if got := len(res.GetHeaders(name)); got != want {
			t.Errorf("got %d values of %s, want %d", got, name, want)
		}
	}
	if got := res.Via().Value(); !strings.HasPrefix(got, `SIP/2.0/TCP 127.0.0.1:5099;x="a, b";branch=`) {
		t.Errorf("got Via %s", got)
	}
}
