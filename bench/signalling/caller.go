package main

import (
	"bytes"
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
)

// caller is a session recording client that makes one call after the other, from a socket of its own.
type caller struct {
	conn   net.Conn
	uri    string
	buffer []byte
}

func dial(server, user string) (*caller, error) {
	at := strings.TrimPrefix(server, "udp://")
	conn, err := net.Dial("udp", at) //nolint:noctx // it connects to nobody
	if err != nil {
		return nil, err
	}
	return &caller{conn, "sip:" + user + "@" + at, make([]byte, 1<<16)}, nil
}

func (c *caller) close() { _ = c.conn.Close() }

// call sets up a call and hangs up, and returns how long each took.
func (c *caller) call() (invite, bye time.Duration, err error) {
	id, to := uuid.NewString(), "<"+c.uri+">"
	answer, invite, err := c.ask(id, c.request("INVITE", id, to, 1, body))
	if err != nil {
		return 0, 0, err
	}
	tagged := toHeader.FindSubmatch(answer)
	if tagged == nil {
		return 0, 0, fmt.Errorf("an answer without To: %s", answer)
	}
	to = string(tagged[1])
	if _, err := c.conn.Write(c.request("ACK", id, to, 1, "")); err != nil {
		return 0, 0, err
	}
	_, bye, err = c.ask(id, c.request("BYE", id, to, 2, ""))
	return invite, bye, err
}

var toHeader = regexp.MustCompile(`(?m)^To: *(.*?)\r$`)

// patience is how long an answer may take. Nothing is repeated: on loopback nothing is lost, and a repetition would count as work.
const patience = 10 * time.Second

// ask sends a request and waits for its final response, which must be 200.
func (c *caller) ask(id string, request []byte) (answer []byte, took time.Duration, err error) {
	began := time.Now()
	if err := c.conn.SetDeadline(began.Add(patience)); err != nil {
		return nil, 0, err
	}
	if _, err := c.conn.Write(request); err != nil {
		return nil, 0, err
	}
	for {
		n, err := c.conn.Read(c.buffer)
		if err != nil {
			return nil, 0, err
		}
		answer = c.buffer[:n]
		switch {
		case !bytes.Contains(answer, []byte(id)), bytes.HasPrefix(answer, []byte("SIP/2.0 1")): // of a call before, or not the final one
		case bytes.HasPrefix(answer, []byte("SIP/2.0 200 ")):
			return answer, time.Since(began), nil
		default:
			return nil, 0, fmt.Errorf("got %s", answer)
		}
	}
}

func (c *caller) request(method, id, to string, seq int, body string) []byte {
	from := c.conn.LocalAddr().String()
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-%s-%d-%s\r\nMax-Forwards: 70\r\nFrom: <sip:+12065550100@example.com>;tag=src\r\n"+
		"To: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:src@%s>;+sip.src\r\n", method, c.uri, from, id, seq, method, to, id, seq, method, from)
	if body != "" {
		b.WriteString("Require: siprec\r\nContent-Type: multipart/mixed;boundary=part\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.Bytes()
}

// body offers the streams of two parties, who are named.
var body = strings.ReplaceAll(`--part
Content-Type: application/sdp

v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 40000 RTP/AVP 0 8
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=label:1
a=sendonly
m=audio 40002 RTP/AVP 0 8
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=label:2
a=sendonly

--part
Content-Type: application/rs-metadata+xml
Content-Disposition: recording-session

<?xml version="1.0" encoding="UTF-8"?>
<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode><session session_id="s"/>
<participant participant_id="a"><nameID aor="sip:+12065550100@example.com"/></participant>
<participant participant_id="b"><nameID aor="sip:+13605550199@example.com"/></participant>
<stream stream_id="x" session_id="s"><label>1</label></stream><stream stream_id="y" session_id="s"><label>2</label></stream>
<participantstreamassoc participant_id="a"><send>x</send><recv>y</recv></participantstreamassoc>
<participantstreamassoc participant_id="b"><send>y</send><recv>x</recv></participantstreamassoc></recording>
--part--
`, "\n", "\r\n")
