package header

import (
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

// read parses a message with one more header line.
func read(t *testing.T, line string) (gosip.Message, error) {
	t.Helper()
	return Parse([]byte("OPTIONS sip:x SIP/2.0\r\n" + line + "\r\nCall-ID: 1\r\nContent-Length: 0\r\n\r\n"))
}

// Each value is read by the grammar, and written so that every other reader finds the same.
func TestValuesAreReadByTheGrammar(t *testing.T) {
	for line, want := range map[string]string{
		`From: "<sip:+19005550199@x>" <sip:ann@y>;tag=1`:          `From: "<sip:+19005550199@x>" <sip:ann@y>;tag=1`,
		`f: "a \"<sip:bob@x>, b" <sip:ann@y>;tag=1`:               `From: "a \"<sip:bob@x>, b" <sip:ann@y>;tag=1`,
		`from :  Ann Lee  <sip:ann@y> ; TAG = 1 ; x = "a; tag=2"`: `From: "Ann Lee" <sip:ann@y>;tag=1;x="a; tag=2"`,
		`From: sip:ann@y;x=";tag=2";tag=1`:                        `From: <sip:ann@y>;x=";tag=2";tag=1`,
		`From: <sip:ann@y>;tag=1;tag=2`:                           `From: <sip:ann@y>;tag=1;tag=2`,
		"To:\r\n Ann\r\n\t<sip:ann@y>\r\n ;tag=1":                 `To: "Ann" <sip:ann@y>;tag=1`,
		"t: \"NUL:\\\x00 DEL:\\\x7f\" <sip:ann@y>":                "To: \"NUL:\\\x00 DEL:\\\x7f\" <sip:ann@y>",
		`m: "a\",b" <sip:ann@y>,<sip:bob@z>;q=0.5`:                `Contact: "a\",b" <sip:ann@y>` + "\n" + `Contact: <sip:bob@z>;q=0.5`,
		"Contact: *": "Contact: *",
		`Route: "a, b" <sip:p1;lr> , <sip:p2;lr>`:                        "Route: <sip:p1;lr>\nRoute: <sip:p2;lr>",
		"Record-Route:\r\n <sip:p1;lr>,\r\n <sip:p2;lr>":                 "Record-Route: <sip:p1;lr>\nRecord-Route: <sip:p2;lr>",
		"v:  SIP  / 2.0  / TCP     a.b   ;\r\n  branch  =   z9hG4bK9 ":   "Via: SIP/2.0/TCP a.b;branch=z9hG4bK9",
		"Via: SIP/2.0/UDP 192.0.2.1 : 5061;rport;Branch=1":               "Via: SIP/2.0/UDP 192.0.2.1:5061;rport;branch=1",
		"Via: SIP/2.0/UDP [2001:db8::1]:5061;x=\"a,b\",SIP/2.0/TCP\tc.d": "Via: SIP/2.0/UDP [2001:db8::1]:5061;x=\"a,b\"\nVia: SIP/2.0/TCP c.d",
		"cseq: 0009\t\r\n  INVITE":                                       "CSeq: 9 INVITE",
		"r: \"Bob\" <sip:bob@z?Replaces=1>;x=2":                          "r: \"Bob\" <sip:bob@z?Replaces=1>;x=2",
	} {
		t.Run(line, func(t *testing.T) {
			m, err := read(t, line)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(m.String(), "\r\n")
			if got := strings.Join(lines[1:len(lines)-4], "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestWhatIsNotOfTheGrammarIsRefused(t *testing.T) {
	for _, line := range []string{
		`From: "Ann <sip:ann@y>;tag=1`, "From: <sip:ann@y>, <sip:bob@z>;tag=1", "From: *", "To: *", "From: <sip:ann@y>;tag=1 2",
		"Via: SIP/2.0/UDP 192.0.2.1;;,;,,", "Via: SIP/2.0/UDP", "Via: SIP/2.0 192.0.2.1", "Via: SIP/2.0/UDP 192.0.2.1:port", "CSeq: 1", "CSeq: x INVITE", "CSeq: 2147483648 INVITE",
		"X: a\nP-Asserted-Identity: <sip:+1@x>", "X: a\rP-Asserted-Identity: <sip:+1@x>", "X: a\x00b", "P-Asserted-Identity\x0b: <sip:+1@x>", "P Asserted: x",
		"From: \"a\\\r\nX: y\" <sip:ann@y>;tag=1", "Contact: " + strings.Repeat("<sip:a@b>,", maxListed) + "<sip:a@b>", "Contact: <sip:a@b>,",
	} {
		t.Run(line, func(t *testing.T) {
			if m, err := read(t, line); err == nil {
				t.Errorf("got\n%s\nwant an error", m)
			}
		})
	}
}

func TestAnOrdinaryMessageStaysAsItIs(t *testing.T) {
	text := []byte("OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP a.b;branch=z9hG4bK1\r\nSupported: timer, 100rel\r\nSubject: a \"quote\r\nContent-Length: 5\r\n\r\na,\x00\r\n")
	got, err := Canonical(text)
	if err != nil || &got[0] != &text[0] || len(got) != len(text) {
		t.Errorf("got %q, %v, want the message itself", got, err)
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add([]byte("OPTIONS sip:x SIP/2.0\r\nv: SIP / 2.0/UDP a,SIP/2.0/UDP b\r\nFrom: \"a\\\"\" <sip:x>\r\n ;tag=1\r\n\r\nbody"))
	f.Add([]byte("SIP/2.0 200 OK\r\nContact: \"a,\" <sip:x>, <sip:y>\r\n"))
	f.Fuzz(func(t *testing.T, message []byte) {
		once, err := Canonical(message)
		if err != nil {
			return
		}
		twice, err := Canonical(once)
		if err != nil || string(twice) != string(once) {
			t.Errorf("got %q, %v, then %q", once, err, twice)
		}
		m, err := NewParser().ParseSIP(once)
		if err != nil {
			return
		}
		for _, h := range m.(Message).Headers() {
			if strings.ContainsAny(h.Value(), "\r\n") {
				t.Errorf("got a line break in %q", h.Value())
			}
		}
	})
}
