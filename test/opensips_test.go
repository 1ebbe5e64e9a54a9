package test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"timbre"
)

// A recorded OpenSIPS with rtpengine calls again: its own INVITE, its own packets, at a tenth of the time.
func TestReplayOfOpenSIPSCapture(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	wire := capture(t, "opensips36-rtpengine105-siprec-udp-pcma-2party.pcap")

	src := newClient(t, strings.TrimPrefix(n.SIP[0], "udp://"))
	answer := src.invite(t, wire.first(t, "INVITE "))
	transaction := field(t, answer, `(?m)^X-Timbre-Transaction-Id: (\S+)`)
	ports := regexp.MustCompile(`(?m)^m=audio (\d+) `).FindAllStringSubmatch(answer, -1)
	if len(ports) != 2 {
		t.Fatalf("the answer has %d streams:\n%s", len(ports), answer)
	}
	_, tone := h.analyse(ctx, t, transaction)
	legs := []struct {
		from          uint16 // that rtpengine sent it from
		label, caller string
	}{{30038, "1", "true"}, {30056, "0", "false"}}
	sent := make(chan error, len(legs))
	for i, l := range legs {
		go func() { sent <- replay(wire.from(l.from), "127.0.0.1:"+ports[i][1]) }()
	}
	for range legs {
		must(t, <-sent)
	}
	src.bye(t)

	for i, l := range legs {
		started := hook.wait(ctx, t, "stream started", func(e event) bool {
			return of(transaction, timbre.StreamingStarted)(e) && e.Detail.SDP.MediaIndex == i
		})
		if d := started.Detail; d.SDP.MediaLabel != l.label || d.IsCaller == nil || fmt.Sprint(*d.IsCaller) != l.caller {
			t.Errorf("stream %d: label %q, caller %v", i, d.SDP.MediaLabel, d.IsCaller)
		}
		if d := started.Detail; !strings.Contains(d.Metadata, "urn:ietf:params:xml:ns:recording:1") || !strings.Contains(d.InviteHeaders["user-agent"], "OpenSIPS") {
			t.Errorf("stream %d: metadata %q, headers %v", i, d.Metadata, d.InviteHeaders)
		}
		hook.wait(ctx, t, "a tone of each leg", func(e event) bool {
			return of(tone, timbre.ToneSuccessful)(e) && e.Detail.IsCaller != nil && fmt.Sprint(*e.Detail.IsCaller) == l.caller
		})
	}
	hook.wait(ctx, t, "both streams ended", func(event) bool { return len(hook.all(of(transaction, timbre.StreamingEnded))) == 2 })
}

// replay sends datagrams ten times faster than they were recorded: 20 ms each.
func replay(datagrams [][]byte, to string) error {
	conn, err := net.Dial("udp", to)
	if err != nil {
		return err
	}
	defer conn.Close()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for _, d := range datagrams {
		if _, err := conn.Write(d); err != nil {
			return err
		}
		<-tick.C
	}
	return nil
}

// datagram is a UDP packet of a capture.
type datagram struct {
	from, to uint16
	payload  []byte
}

type datagrams []datagram

// capture reads a classic little-endian pcap of Ethernet frames with IPv4 in them.
func capture(t *testing.T, name string) (all datagrams) {
	t.Helper()
	b, err := os.ReadFile("../rtp/testdata/" + name)
	must(t, err)
	for b = b[24:]; len(b) >= 16; {
		length := binary.LittleEndian.Uint32(b[8:])
		frame := b[16 : 16+length]
		b = b[16+length:]
		ip := frame[14:]
		if binary.BigEndian.Uint16(frame[12:]) != 0x0800 || ip[9] != 17 {
			continue
		}
		udp := ip[int(ip[0]&15)*4 : binary.BigEndian.Uint16(ip[2:])]
		all = append(all, datagram{binary.BigEndian.Uint16(udp), binary.BigEndian.Uint16(udp[2:]), udp[8:]})
	}
	return all
}

func (d datagrams) from(port uint16) (payloads [][]byte) {
	for _, one := range d {
		if one.from == port {
			payloads = append(payloads, one.payload)
		}
	}
	return payloads
}

// first is the first message to the recording server that begins so.
func (d datagrams) first(t *testing.T, start string) []byte {
	t.Helper()
	for _, one := range d {
		if one.to == 5090 && bytes.HasPrefix(one.payload, []byte(start)) {
			return one.payload
		}
	}
	t.Fatalf("no %s in the capture", start)
	return nil
}

// client says over UDP what a recorded client said; only its address and the server's tag are new.
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
	c.say(t, c.invited)
	for {
		answer = c.receive(t)
		if strings.HasPrefix(answer, "SIP/2.0 1") {
			continue
		}
		if !strings.HasPrefix(answer, "SIP/2.0 200") {
			t.Fatalf("the INVITE was answered:\n%s", answer)
		}
		c.to = field(t, answer, `(?m)^To: (.*?)\r?$`)
		c.say(t, c.request(t, "ACK", "2 ACK"))
		return answer
	}
}

func (c *client) bye(t *testing.T) {
	t.Helper()
	c.say(t, c.request(t, "BYE", "3 BYE"))
	if answer := c.receive(t); !strings.HasPrefix(answer, "SIP/2.0 200") {
		t.Errorf("the BYE was answered:\n%s", answer)
	}
}

// request is one in the dialog of the INVITE.
func (c *client) request(t *testing.T, method, cseq string) string {
	t.Helper()
	return strings.Join([]string{
		method + " sip:srs@" + c.RemoteAddr().String() + " SIP/2.0",
		"Via: SIP/2.0/UDP " + c.LocalAddr().String() + ";branch=z9hG4bK" + method,
		"From: " + field(t, c.invited, `(?m)^From: (.*?)\r?$`), "To: " + c.to,
		"Call-ID: " + field(t, c.invited, `(?m)^Call-ID: (.*?)\r?$`), "CSeq: " + cseq, "Max-Forwards: 70", "Content-Length: 0", "", "",
	}, "\r\n")
}

func (c *client) say(t *testing.T, message string) {
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

func field(t *testing.T, message, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(message)
	if m == nil {
		t.Fatalf("no %s in\n%s", pattern, message)
	}
	return m[1]
}
