package peer

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

// src is the SIP side of a session recording client over UDP, for media servers without SIP.
type src struct {
	net.Conn
	uri, to string
}

func newSRC(t *testing.T, h deployment) *src {
	t.Helper()
	conn, err := net.Dial("udp", h.at(t, "udp"))
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return &src{Conn: conn, uri: "sip:" + h.connector + "@" + h.at(t, "udp")}
}

// invite sends an INVITE with a session description and metadata for two labels, the caller's first. It returns the session
// description of the answer.
func (s *src) invite(t *testing.T, sdp string, labels [2]string) string {
	t.Helper()
	metadata := strings.NewReplacer("FIRST", labels[0], "SECOND", labels[1]).Replace(`<?xml version="1.0" encoding="UTF-8"?>
<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode><session session_id="s"/>
<participant participant_id="a"><nameID aor="sip:ann@example.com"/></participant>
<participant participant_id="b"><nameID aor="sip:bob@example.com"/></participant>
<stream stream_id="x" session_id="s"><label>FIRST</label></stream><stream stream_id="y" session_id="s"><label>SECOND</label></stream>
<participantstreamassoc participant_id="a"><send>x</send></participantstreamassoc>
<participantstreamassoc participant_id="b"><send>y</send></participantstreamassoc></recording>`)
	body := "--part\r\nContent-Type: application/sdp\r\n\r\n" + sdp + "\r\n--part\r\nContent-Type: application/rs-metadata+xml\r\n" +
		"Content-Disposition: recording-session\r\n\r\n" + metadata + "\r\n--part--\r\n"
	s.send(t, "INVITE", 1, body, "Require: siprec", "Content-Type: multipart/mixed;boundary=part")
	for {
		head, answer, _ := strings.Cut(s.receive(t), "\r\n\r\n")
		switch {
		case strings.HasPrefix(head, "SIP/2.0 1"):
			continue
		case !strings.HasPrefix(head, "SIP/2.0 200"):
			t.Fatalf("INVITE: got\n%s\nwant 200", head)
		}
		s.to = regexp.MustCompile(`(?m)^To: (.*?)\r?$`).FindStringSubmatch(head)[1]
		s.send(t, "ACK", 1, "")
		return answer
	}
}

func (s *src) bye(t *testing.T) {
	t.Helper()
	s.send(t, "BYE", 2, "")
	if answer := s.receive(t); !strings.HasPrefix(answer, "SIP/2.0 200") {
		t.Errorf("BYE: got\n%s\nwant 200", answer)
	}
}

func (s *src) send(t *testing.T, method string, seq int, body string, more ...string) {
	t.Helper()
	to := s.to
	if to == "" {
		to = "<" + s.uri + ">"
	}
	lines := []string{
		method + " " + s.uri + " SIP/2.0",
		fmt.Sprintf("Via: SIP/2.0/UDP %s;branch=z9hG4bK%s%d", s.LocalAddr(), method, seq), "From: <sip:src@127.0.0.1>;tag=src", "To: " + to,
		"Call-ID: " + s.LocalAddr().String(), fmt.Sprintf("CSeq: %d %s", seq, method), fmt.Sprintf("Contact: <sip:src@%s>;+sip.src", s.LocalAddr()),
		"Max-Forwards: 70", fmt.Sprintf("Content-Length: %d", len(body)),
	}
	_, err := s.Write([]byte(strings.Join(append(lines, more...), "\r\n") + "\r\n\r\n" + body))
	must(t, err)
}

func (s *src) receive(t *testing.T) string {
	t.Helper()
	must(t, s.SetReadDeadline(time.Now().Add(timeout)))
	b := make([]byte, 65536)
	n, err := s.Read(b)
	must(t, err)
	return string(b[:n])
}
