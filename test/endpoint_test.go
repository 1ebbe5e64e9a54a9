package test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// endpoint is a scripted SIP endpoint with a socket for signalling and one for media.
type endpoint struct {
	t          *testing.T
	sip, media *net.UDPConn
	to         *net.UDPAddr // the destination of its SIP
	mediaTo    *net.UDPAddr // the destination of its media
	received   chan []byte
}

func newEndpoint(t *testing.T) *endpoint {
	t.Helper()
	e := &endpoint{t: t, received: make(chan []byte, 4096)}
	for _, at := range []**net.UDPConn{&e.sip, &e.media} {
		c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(loopback))
		must(t, err)
		t.Cleanup(func() { _ = c.Close() })
		*at = c
	}
	go func() {
		buf := make([]byte, 2048)
		for {
			n, _, err := e.media.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			e.received <- bytes.Clone(buf[:n])
		}
	}()
	return e
}

// dial makes a server the one that requests are sent to.
func (e *endpoint) dial(server string) {
	e.t.Helper()
	to, err := net.ResolveUDPAddr("udp", strings.TrimPrefix(server, "udp://"))
	must(e.t, err)
	e.to = to
}

func portOf(c *net.UDPConn) int { return c.LocalAddr().(*net.UDPAddr).Port }

func (e *endpoint) sdp() string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n", portOf(e.media))
}

// send sends a message of header lines, and a session description unless it is empty.
func (e *endpoint) send(sdp string, lines ...string) {
	e.t.Helper()
	if sdp != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	text := strings.Join(append(lines, fmt.Sprintf("Content-Length: %d", len(sdp)), "", sdp), "\r\n")
	_, err := e.sip.WriteToUDP([]byte(text), e.to)
	must(e.t, err)
}

// receive returns the next message with a prefix. It takes the destinations of SIP and media from it.
func (e *endpoint) receive(prefix string) string {
	e.t.Helper()
	buf := make([]byte, 1<<16)
	for {
		must(e.t, e.sip.SetReadDeadline(time.Now().Add(timeout)))
		n, from, err := e.sip.ReadFromUDP(buf)
		if err != nil {
			e.t.Fatalf("got error %v, want a message that begins with %q", err, prefix)
		}
		if text := string(buf[:n]); strings.HasPrefix(text, prefix) {
			e.to = from
			if m := regexp.MustCompile(`(?m)^m=audio (\d+) `).FindStringSubmatch(text); m != nil {
				port, _ := strconv.Atoi(m[1])
				e.mediaTo = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
			}
			return text
		}
	}
}

// headerLines returns a message's lines of a header.
func headerLines(message, name string) string {
	return strings.Join(regexp.MustCompile(`(?mi)^`+name+`:[^\r]*`).FindAllString(message, -1), "\r\n")
}

// reply answers a request.
func (e *endpoint) reply(request, status, sdp string) {
	e.t.Helper()
	to := headerLines(request, "To")
	if !strings.Contains(to, "tag=") {
		to += ";tag=gateway"
	}
	e.send(sdp, "SIP/2.0 "+status, headerLines(request, "Via"), headerLines(request, "From"), to, headerLines(request, "Call-ID"), headerLines(request, "CSeq"),
		fmt.Sprintf("Contact: <sip:gw@%s>", e.sip.LocalAddr()))
}

// packet is the nth RTP packet of a stream of 20 ms packets.
func packet(n int, ssrc uint32, payload []byte) []byte {
	b := make([]byte, 12, 12+len(payload))
	b[0] = 0x80
	binary.BigEndian.PutUint16(b[2:], uint16(n))
	binary.BigEndian.PutUint32(b[4:], uint32(n*160))
	binary.BigEndian.PutUint32(b[8:], ssrc)
	return append(b, payload...)
}

// exchangeAudio sends audio from both endpoints at ten times real time, and fails the test unless each endpoint receives what
// the other one sent.
func exchangeAudio(t *testing.T, a, b *endpoint, fromA, fromB []byte) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	sent := [2][][]byte{}
	for n := 0; (n+1)*160 <= min(len(fromA), len(fromB)); n++ {
		<-tick.C
		for i, e := range []*endpoint{a, b} {
			p := packet(n, uint32(i+1), [][]byte{fromA, fromB}[i][n*160:(n+1)*160])
			sent[i] = append(sent[i], p)
			_, err := e.media.WriteToUDP(p, e.mediaTo)
			must(t, err)
		}
	}
	for i, e := range []*endpoint{b, a} {
		for n, want := range sent[i] {
			select {
			case got := <-e.received:
				if !bytes.Equal(got, want) {
					t.Fatalf("packet %d at endpoint %d: got %x, want %x", n, i, got, want)
				}
			case <-time.After(timeout):
				t.Fatalf("packet %d did not arrive at endpoint %d", n, i)
			}
		}
	}
}
