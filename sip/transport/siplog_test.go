package transport

import (
	"fmt"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/environment"
)

// lines are the first lines of what is logged.
type lines struct{ all []string }

func (l *lines) Message(connectorID, callID string, text fmt.Stringer) {
	first, _, _ := strings.Cut(text.String(), "\r\n")
	l.all = append(l.all, connectorID+" "+callID+" "+first)
}

func (l *lines) Reception(string, timbre.Reception) {}

func TestTheSIPLogGetsATransactionOfAConnector(t *testing.T) {
	var s *Stack
	log := &lines{}
	handle := func(req *gosip.Request, tx gosip.ServerTransaction) {
		if req.Method == gosip.INVITE {
			s.LogFor(tx, "")
			s.LogFor(tx, "mine")
			s.LogFor(tx, "other") // the first one stays
		}
		ok(req, tx)
	}
	s, err := New(environment.Environment{}, Config{}, Deps{Sources: &verdicts{}, Handle: handle, SIPLog: log})
	if err != nil {
		t.Fatal(err)
	}
	s.Serve(request(t, text("INVITE", "127.0.0.1:5099")), &transaction{})
	s.Serve(request(t, text("OPTIONS", "127.0.0.1:5099")), &transaction{})
	want := "mine call-1 INVITE sip:timbre@127.0.0.1 SIP/2.0\nmine call-1 SIP/2.0 200 OK"
	if got := strings.Join(log.all, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTheSIPLogHasNoSecrets(t *testing.T) {
	req := request(t, strings.Replace(text("INVITE", "127.0.0.1:5099"), "Max-Forwards: 70",
		"Authorization: Digest username=\"ann\", response=\"0123\"\r\nContent-Type: application/sdp", 1))
	req.SetBody([]byte("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:key|2^31\r\n"))
	got := redacted{req}.String()
	for _, want := range []string{`response="****"`, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:****\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
}

// What a caller keys in is a card's number or a PIN (PCI DSS 3.3). It comes in bodies of many types, and in headers.
func TestTheSIPLogHasNothingThatWasKeyedInOrWritten(t *testing.T) {
	const description = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\na=ice-pwd:41424242\r\nk=clear:41424242\r\nm=audio 4000 RTP/AVP 0\r\n"
	mixed := func(parts ...string) string { return "--b\r\n" + strings.Join(parts, "\r\n--b\r\n") + "\r\n--b--\r\n" }
	sdp := "Content-Type: application/sdp\r\n\r\n" + description
	for name, c := range map[string]struct{ method, headers, body, kept string }{
		"relay":                    {"INFO", "Content-Type: application/dtmf-relay", "Signal=41424242\r\nDuration=160\r\n", ""},
		"relay in lower":           {"INFO", "content-type: APPLICATION/DTMF-RELAY;x=1", "signal= 41424242\n", ""},
		"one key":                  {"INFO", "Content-Type: application/dtmf", "41424242", ""},
		"compact":                  {"INFO", "c: application/dtmf", "41424242", ""},
		"event":                    {"INFO", "Content-Type: audio/telephone-event", "41424242", ""},
		"vendor":                   {"INFO", "Content-Type: application/vnd.nortelnetworks.digits", "d=41424242", ""},
		"no type":                  {"INFO", "X-A: b", "Signal=41424242", ""},
		"broken type":              {"INFO", "Content-Type: ;;", "Signal=41424242", ""},
		"text":                     {"MESSAGE", "Content-Type: text/plain", "my PIN is 41424242", ""},
		"KPML":                     {"NOTIFY", "Content-Type: application/kpml-response+xml", `<kpml-response digits="41424242"/>`, ""},
		"transfer":                 {"NOTIFY", "Content-Type: message/sipfrag", "SIP/2.0 200 OK\r\nX: 41424242", "SIP/2.0 200 OK\r\n"},
		"encoded":                  {"INVITE", "Content-Type: application/sdp\r\nContent-Encoding: gzip", description, ""},
		"encoded, compact":         {"INVITE", "Content-Type: application/sdp\r\ne: gzip", description, ""},
		"two types":                {"INFO", "Content-Type: application/sdp\r\nContent-Type: text/plain", "Signal=41424242", ""},
		"description":              {"INVITE", "Content-Type: application/sdp", description, "m=audio 4000 RTP/AVP 0\r\n"},
		"beside description":       {"INVITE", "Content-Type: multipart/mixed;boundary=b", mixed(sdp, "Content-Type: application/dtmf\r\n\r\n41424242"), "m=audio 4000 RTP/AVP 0\r\n\r\n--b\r\n"},
		"before the parts":         {"INVITE", `Content-Type: multipart/mixed;boundary="b"`, "41424242\r\n" + mixed(sdp) + "41424242", "m=audio 4000"},
		"no parts":                 {"INVITE", "Content-Type: multipart/mixed;boundary=b", "41424242", ""},
		"a part of base64":         {"INVITE", "Content-Type: multipart/mixed;boundary=b", mixed("Content-Transfer-Encoding: base64\r\nContent-Type: application/sdp\r\n\r\n41424242"), "--b"},
		"no head of a part":        {"INVITE", "Content-Type: multipart/mixed;boundary=b", mixed("41424242"), "--b"},
		"in a part's part":         {"INVITE", "Content-Type: multipart/mixed;boundary=b", mixed("Content-Type: multipart/mixed;boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\n41424242\r\n--c--"), "--c"},
		"a header":                 {"INFO", "X-DTMF-Digits: 41424242", "", "X-DTMF-Digits:****\r\n"},
		"quoted in a header":       {"INFO", `X-DTMF-Digits: "41424242"`, "", "X-DTMF-Digits:****\r\n"},
		"a header's rest":          {"INFO", "X-Digits: a;b=41424242", "", "X-Digits:****\r\n"},
		"a parameter":              {"INVITE", `X-IVR: menu;digits="41424242"`, "", "X-IVR: menu;digits=****\r\n"},
		"in a URI's header":        {"REFER", "Refer-To: <sip:b@127.0.0.1?X-DTMF=41424242&Subject=a>", "", "?X-DTMF=****&Subject=a>"},
		"in a URI's URI":           {"REFER", "Refer-To: <sip:b@127.0.0.1?P-Asserted-Identity=tel%3A%2B1206%3Bpostd%3D41424242>", "", "%3Bpostd%3D****>"},
		"after a pause":            {"INVITE", "X-To: <sip:+12065550100,,41424242#@127.0.0.1>", "", "<sip:+12065550100****@127.0.0.1>"},
		"after a wait":             {"INVITE", "X-To: <tel:+1-206-555-0100w41424242>", "", "<tel:+1-206-555-0100****>"},
		"a URI's password":         {"INVITE", "X-To: <sip:ann:41424242@127.0.0.1:5060>", "", "<sip:ann:****@127.0.0.1:5060>"},
		"a URI's credentials":      {"REFER", "Refer-To: <sip:b@127.0.0.1?Authorization=Digest%20response%3D%2241424242%22>", "", "?Authorization=****>"},
		"the proof of a server":    {"INFO", `Authentication-Info: rspauth="41424242", nc=00000001`, "", `rspauth="****", nc=00000001`},
		"a folded header":          {"INFO", "X-Digits:\r\n 41424242", "", "X-Digits:****\r\n"},
		"a part's folded header":   {"INVITE", "Content-Type: multipart/mixed;boundary=b", mixed("X-Digits:\r\n 41424242\r\n" + sdp), "X-Digits:****\r\n"},
		"a part's folded encoding": {"INVITE", "Content-Type: multipart/mixed;boundary=b", mixed("Content-Transfer-Encoding:\r\n base64\r\nContent-Type: application/sdp\r\n\r\n41424242"), "--b"},
		"keys on offer":            {"INVITE", "Content-Type: application/sdp", "m=audio 4000 RTP/AVP 0\r\na=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_80 inline:41424242\r\na=acap:2 key-mgmt:mikey 41424242\r\n", "a=acap:2 key-mgmt:****\r\n"},
		"after the number":         {"INVITE", "P-Asserted-Identity: <sip:+12065550100;postd=pp41424242@127.0.0.1>", "", ";postd=****@127.0.0.1>"},
		"other credentials":        {"INVITE", "Proxy-Authorization: Basic 41424242", "", "Proxy-Authorization: ****\r\n"},
		"unquoted response":        {"INVITE", "Authorization: Digest username=\"ann\", response=41424242, nc=00000001", "", `username="ann", response=****, nc=00000001`},
	} {
		t.Run(name, func(t *testing.T) {
			req := request(t, strings.Replace(text(c.method, "127.0.0.1:5099"), "Max-Forwards: 70", c.headers, 1))
			req.SetBody([]byte(c.body))
			if got := (redacted{req}).String(); strings.Contains(got, "41424242") || !strings.Contains(got, c.kept) {
				t.Errorf("got\n%s\nwant nothing that was keyed in, and %q", got, c.kept)
			}
		})
	}
}

// Nor does anything else of headers.
func TestTheSIPLogHasHeadersAsTheyCame(t *testing.T) {
	for _, line := range []string{
		"P-Asserted-Identity: \"Ann: 4\" <sip:+12065550100@127.0.0.1:5060;user=phone>, <tel:+12065550100>",
		"Contact: <sip:1000pbx@[2001:db8::1]:5060;transport=tcp>;expires=60",
		"Refer-To: <sip:b@127.0.0.1?Replaces=a%40b%3Bto-tag%3D1>",
		"X-Response: response=1",
	} {
		if got := hideHeaders(line + "\r\n"); got != line+"\r\n" {
			t.Errorf("got %q, want %q", got, line)
		}
	}
}

// Nothing of an ordinary message changes.
func TestTheSIPLogHasDescriptionsAndMetadataAsTheyCame(t *testing.T) {
	req := request(t, strings.Replace(text("INVITE", "127.0.0.1:5099"), "Max-Forwards: 70", "Content-Type: multipart/mixed;boundary=b", 1))
	req.SetBody([]byte("--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b\r\nContent-Type: application/rs-metadata+xml\r\n" +
		"Content-Disposition: recording-session\r\n\r\n<recording/>\r\n--b--\r\n"))
	if got, want := (redacted{req}).String(), req.String(); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func FuzzHidden(f *testing.F) {
	f.Add("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/sdp\r\n\r\nk=clear:1\r\n--b--")
	f.Fuzz(func(t *testing.T, kind, body string) {
		loggable(content{kind: kind}, body, 0)
		if got := loggable(content{kind: "application/dtmf" + kind}, body, 0); got != "" && got != hidden {
			t.Errorf("got %q, want it hidden", got)
		}
	})
}
