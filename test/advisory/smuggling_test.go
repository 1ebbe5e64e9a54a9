package advisory

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A header must not slip past who looks for it because its name is written oddly: CVE-2016-9938, AST-2016-009 (Asterisk), CVE-2020-28361
// (Kamailio). A caller that is known by a password asserts no identity to the gateway, however it spells that: CVE-2025-47779 (Asterisk).
func TestHeaderSmuggling(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.99/32")
	s.credential(t, c)
	gateway := s.peer(t, "udp", "127.0.0.20")
	s.route(t, c, gateway)
	const forged = "<sip:+19005550199@forged.example>"
	for name, lines := range map[string][]string{
		"plain":                {"P-Asserted-Identity: " + forged, "P-Preferred-Identity: " + forged, "Remote-Party-ID: " + forged + ";party=calling", "Diversion: " + forged},
		"space before colon":   {"P-Asserted-Identity : " + forged, "Remote-Party-ID\t: " + forged},
		"control before colon": {"P-Asserted-Identity\x01: " + forged, "Remote-Party-ID\x0b: " + forged, "Diversion\x00: " + forged},
		"letters of any case":  {"p-aSSerted-iDentity: " + forged, "REMOTE-PARTY-ID: " + forged, "History-Info: " + forged},
		"folded":               {"P-Asserted-Identity:\r\n " + forged, "Subject: a\r\n P-Asserted-Identity: " + forged},
		"after a line feed":    {"Subject: a\nP-Asserted-Identity: " + forged, "Subject: a\rP-Asserted-Identity: " + forged},
		"in a list":            {"P-Asserted-Identity: <sip:+12065550100@example.com>, " + forged},
		"as a header of a URI": {"X-Any: 1", "Reply-To: <sip:a@example.com?P-Asserted-Identity=" + strings.NewReplacer("<", "%3C", ">", "%3E").Replace(forged) + ">"},
	} {
		t.Run(name, func(t *testing.T) {
			ann := s.peer(t, "tcp", "127.0.0.31")
			call := ann.bridged(c)
			challenge := ann.ask(call)
			call.seq, call.headers = 2, append(lines, ann.proof(call, challenge, "ann", password, 1))
			ann.send(ann.text(call))
			for {
				got := gateway.next(time.Second)
				if got == "" {
					break // the call was refused
				}
				if !strings.HasPrefix(got, "INVITE") {
					continue
				}
				gateway.reply(got, "486 Busy Here", "")
				for _, line := range strings.Split(got, "\r\n") {
					if strings.Contains(line, "forged") && !strings.HasPrefix(line, "Subject: ") && !strings.HasPrefix(line, "Reply-To: ") {
						t.Errorf("the gateway got %q", line)
					}
				}
			}
		})
	}
}

// Two readers of one stream must not find two beginnings of the next request (CWE-444). What leaves the length of a request open is
// refused, and nothing after it is read.
func TestRequestSmuggling(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.1/32")
	const hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, head := range map[string]string{
		"length and chunks":      fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 5+len(hidden)),
		"chunks and length":      "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
		"two lengths":            fmt.Sprintf("Content-Length: 0\r\nContent-Length: %d\r\n\r\n", len(hidden)),
		"list of lengths":        "Content-Length: 0, 5\r\n\r\n",
		"length with a sign":     "Content-Length: +0\r\n\r\n",
		"unknown encoding":       "Transfer-Encoding: xchunked\r\n\r\n",
		"encoding of encodings":  "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		"two encodings":          "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
		"space before the colon": "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"folded":                 "X: y\r\n Content-Length: 5\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
		"size that overflows":    "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff0\r\n\r\n",
		"size with an x":         "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
	} {
		for _, door := range []string{"api", "admin", "feed"} {
			t.Run(name+" at "+door, func(t *testing.T) {
				got, closed := exchange(t, s.dial(t, door, "127.0.0.1"), "POST /first HTTP/1.1\r\nHost: 127.0.0.1\r\n"+head+hidden, time.Second)
				if n := strings.Count(got, "HTTP/1.1 "); n > 1 || !closed {
					t.Errorf("got %d responses, connection closed %t, want at most one and then the end:\n%s", n, closed, got)
				}
			})
		}
	}
	s.answersCalls(t, c)
}
