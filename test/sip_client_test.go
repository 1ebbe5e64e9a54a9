package test

import (
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

// client sends a recorded client's messages over UDP, with its own address and the server's tag.
type client struct {
	net.Conn
	invited, to string // the INVITE as sent; the To header of the answer
}

func newClient(t *testing.T, server string) *client {
	t.Helper()
	conn, err := net.Dial("udp", server)
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	return &client{Conn: conn}
}

func (c *client) invite(t *testing.T, recorded []byte) (answer string) {
	t.Helper()
	head, body, _ := strings.Cut(string(recorded), "\r\n\r\n")
	c.invited = strings.ReplaceAll(head, "127.0.0.1:5060", c.LocalAddr().String()) + "\r\n\r\n" + body
	c.send(t, c.invited)
	for {
		answer = c.receive(t)
		if strings.HasPrefix(answer, "SIP/2.0 1") {
			continue
		}
		if !strings.HasPrefix(answer, "SIP/2.0 200") {
			t.Fatalf("INVITE: got\n%s\nwant 200", answer)
		}
		c.to = field(t, answer, `(?m)^To: (.*?)\r?$`)
		c.send(t, c.request(t, "ACK", "2 ACK"))
		return answer
	}
}

func (c *client) bye(t *testing.T) {
	t.Helper()
	c.send(t, c.request(t, "BYE", "3 BYE"))
	if answer := c.receive(t); !strings.HasPrefix(answer, "SIP/2.0 200") {
		t.Errorf("BYE: got\n%s\nwant 200", answer)
	}
}

// request builds a request within the dialog.
func (c *client) request(t *testing.T, method, cseq string) string {
	t.Helper()
	return strings.Join([]string{
		method + " sip:srs@" + c.RemoteAddr().String() + " SIP/2.0",
		"Via: SIP/2.0/UDP " + c.LocalAddr().String() + ";branch=z9hG4bK" + method,
		"From: " + field(t, c.invited, `(?m)^From: (.*?)\r?$`), "To: " + c.to,
		"Call-ID: " + field(t, c.invited, `(?m)^Call-ID: (.*?)\r?$`), "CSeq: " + cseq, "Max-Forwards: 70", "Content-Length: 0", "", "",
	}, "\r\n")
}

func (c *client) send(t *testing.T, message string) {
	t.Helper()
	_, err := c.Write([]byte(message))
	must(t, err)
}

func (c *client) receive(t *testing.T) string {
	t.Helper()
	must(t, c.SetReadDeadline(time.Now().Add(timeout)))
	b := make([]byte, 65536)
	n, err := c.Read(b)
	must(t, err)
	return string(b[:n])
}

// field returns the first group of a pattern in a message.
func field(t *testing.T, message, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(message)
	if m == nil {
		t.Fatalf("got no match of %s in\n%s", pattern, message)
	}
	return m[1]
}
