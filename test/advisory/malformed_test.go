package advisory

import (
	"errors"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A message that breaks the grammar must not break the server: CVE-2023-27596 to CVE-2023-27601 and CVE-2023-28095 to CVE-2023-28099
// (OpenSIPS: bodies, Authorization, Via, To, Content-Length), CVE-2018-14767 (Kamailio, To), CVE-2025-57767 (Asterisk, realm of
// Authorization). Each is sent as a datagram and over a connection of its own.
func TestMalformedMessages(t *testing.T) {
	s := serve(t)
	connector := s.connector(t, "127.0.0.1/32")
	s.credential(t, connector)
	ann := s.peer(t, "udp", "127.0.0.1")
	good := ann.recording(connector)
	replace := func(old, with string) func(string) string {
		return func(text string) string { return strings.Replace(text, old, with, 1) }
	}
	body := func(old, with string) func(string) string { // with its length
		return func(text string) string {
			head, body, _ := strings.Cut(text, "\r\n\r\n")
			body = strings.Replace(body, old, with, 1)
			return regexp.MustCompile(`Content-Length: \d+`).ReplaceAllString(head, "Content-Length: "+strconv.Itoa(len(body))) + "\r\n\r\n" + body
		}
	}
	header := func(line string) func(string) string { return replace("Max-Forwards", line+"\r\nMax-Forwards") }
	for name, c := range map[string]struct {
		change func(string) string
		want   string // the status code of the answer; empty: there is none
		ends   bool   // a connection ends without an answer
	}{
		"length beyond 32 bits":    {replace("Content-Length: ", "Content-Length: 42949672960"), "400", false},
		"negative length":          {replace("Content-Length: ", "Content-Length: -"), "400", false},
		"length that is too short": {replace("Content-Length: 1", "Content-Length: 0"), "488", false},
		"two lengths":              {header("Content-Length: 3"), "400", false},
		"empty Via":                {header("Via:"), "400", false},
		"Via of separators":        {header("Via: ;;;,,,;"), "400", false},
		"Via without a host":       {header("Via: SIP/2.0/UDP ;branch=z9hG4bKx"), "400", false},
		"Via with an open bracket": {header("Via: SIP/2.0/UDP [::1;branch=z9hG4bKx"), "400", false},
		"two To with an empty tag": {header("To: <sip:x>;tag="), "400", false},
		"To without end":           {header(`To: "x`), "400", false},
		"To of a tag":              {header("To: ;tag=x"), "400", false},
		"digest of another realm":  {header(`Authorization: Digest username="ann",realm="other",nonce="n",uri="u",response="r"`), "200", false},
		"digest without values":    {header("Authorization: Digest username,realm,nonce=,uri"), "200", false},
		"digest of one quote":      {header(`Authorization: Digest "`), "200", false},
		"digest of commas":         {header("Authorization: Digest " + strings.Repeat(",", 3000)), "200", false},
		"proof without scheme":     {header("Proxy-Authorization: \x00\xff"), "400", false},
		"body of no description":   {body("v=0", "\x00\x00\x00"), "400", false},
		"lines without values":     {body("o=- 1 1 IN IP4 127.0.0.1", "o="), "200", false},
		"media without formats":    {body("m=audio 40000 RTP/AVP 0", "m=audio"), "400", false},
		"port beyond 16 bits":      {body("m=audio 40000", "m=audio 4294967297/99999999999"), "400", false},
		"format beyond 7 bits":     {body("RTP/AVP 0", "RTP/AVP 99999999999999999999 -1 0"), "200", false},
		"clock of nothing":         {body("PCMU/8000", "PCMU/0/0"), "200", false},
		"fingerprint of nothing":   {body("a=rtpmap", "a=fingerprint:sha-256 \r\na=setup:\r\na=rtpmap"), "200", false},
		"key of nothing":           {body("a=rtpmap", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:|2^99|:\r\na=rtpmap"), "200", false},
		"sequence beyond 32 bits":  {replace("CSeq: 1", "CSeq: 99999999999999999999"), "400", false},
		"sequence of another":      {replace("CSeq: 1 INVITE", "CSeq: 1 BYE"), "400", false},
		"Request-URI without host": {replace("@127.0.0.1 SIP", "@ SIP"), "200", false},
		"Request-URI of escapes":   {replace(connector+"@", strings.Repeat("%", 500)+"@"), "200", false},
		"Request-URI of brackets":  {replace("sip:"+connector, "sip:[[[[]]]]<<"), "200", false},
		"version of the future":    {replace("SIP/2.0", "SIP/7.0"), "505", false},
		"no version":               {replace(" SIP/2.0", ""), "", false},
		"nothing but a line":       {func(string) string { return "INVITE sip:x SIP/2.0\r\n\r\n" }, "400", true},
		"response to nothing":      {func(string) string { return "SIP/2.0 200 OK\r\n\r\n" }, "", true},
		"response without CSeq": {func(text string) string {
			return strings.NewReplacer("INVITE sip:"+connector+"@127.0.0.1 SIP/2.0", "SIP/2.0 200 OK", "CSeq:", "X:").Replace(text)
		}, "", false},
		"multipart without parts":   {replace("application/sdp", "multipart/mixed;boundary=x"), "400", false},
		"multipart without mark":    {replace("application/sdp", "multipart/mixed"), "400", false},
		"many Contacts":             {header("Contact: " + strings.Repeat("<sip:a@b>,", 2000) + "<sip:a@b>"), "400", false},
		"many Record-Routes":        {header(strings.Repeat("Record-Route: <sip:a;lr>\r\n", 500) + "X: y"), "400", false},
		"expiry beyond 64 bits":     {header("Session-Expires: 99999999999999999999;refresher=uac\r\nMin-SE: -1"), "400", false},
		"Replaces of nobody":        {header("Replaces: ;to-tag;from-tag=\x00"), "400", false},
		"bytes that are no UTF-8":   {header("Subject: \xff\xfe\xc0\x80"), "200", false},
		"header of a whole message": {header("X-Message: " + strings.Repeat("a", 60000)), "200", false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, network := range []string{"udp", "tcp"} {
				want := c.want
				if c.ends && network == "tcp" {
					want = "closed"
				}
				p := s.peer(t, network, "127.0.0.1")
				call := good
				call.call = unique("malformed")
				text := c.change(p.text(call))
				if text == p.text(call) {
					t.Fatal("nothing was changed")
				}
				if len(text) > 60000 && network == "udp" {
					continue
				}
				p.send(text)
				if got := p.outcome(want); got != want {
					t.Errorf("by %s: got %q, want %q", network, got, want)
				}
				_ = p.conn.Close()
			}
		})
	}
	s.answersCalls(t, connector)
	if got := s.metric(t, `timbre_sip_rejected_total\{reason="panic"\}`); got != 0 {
		t.Errorf("got %v panics, want none", got)
	}
	if code, _ := s.get(t, "admin", "/readyz"); code != http.StatusOK {
		t.Errorf("got status %d, want the server ready", code)
	}
}

// outcome is the status code of the final response to a message, or "closed". Empty: there is none.
func (p *peer) outcome(want string) string {
	p.t.Helper()
	within := 100 * time.Millisecond
	if want != "" {
		within = patience
	}
	for deadline := time.Now().Add(within); ; {
		_ = p.conn.SetReadDeadline(deadline)
		text, err := p.read()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return ""
		case err != nil:
			return "closed"
		case !strings.HasPrefix(text, "SIP/2.0 1"):
			return strings.Fields(text)[1]
		}
	}
}
