package test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

// end is one end of a telephone call, on two sockets: what it says in SIP, and what it says aloud.
type end struct {
	t          *testing.T
	sip, media *net.UDPConn
	to         *net.UDPAddr // where its SIP goes
	speaksTo   *net.UDPAddr // where its media goes
	received   chan []byte
}

func newEndpoint(t *testing.T) *end {
	t.Helper()
	e := &end{t: t, received: make(chan []byte, 4096)}
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

func portOf(c *net.UDPConn) int { return c.LocalAddr().(*net.UDPAddr).Port }

func (e *end) description() string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n", portOf(e.media))
}

// send writes a message: its lines, and a description if it has one.
func (e *end) send(sdp string, lines ...string) {
	e.t.Helper()
	if sdp != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	text := strings.Join(append(lines, fmt.Sprintf("Content-Length: %d", len(sdp)), "", sdp), "\r\n")
	_, err := e.sip.WriteToUDP([]byte(text), e.to)
	must(e.t, err)
}

// receive is the next message that begins with a word, and tells where media goes from now on.
func (e *end) receive(begins string) string {
	e.t.Helper()
	buf := make([]byte, 1<<16)
	for {
		must(e.t, e.sip.SetReadDeadline(time.Now().Add(timeout)))
		n, from, err := e.sip.ReadFromUDP(buf)
		if err != nil {
			e.t.Fatalf("no %s: %v", begins, err)
		}
		if text := string(buf[:n]); strings.HasPrefix(text, begins) {
			e.to = from
			if m := regexp.MustCompile(`(?m)^m=audio (\d+) `).FindStringSubmatch(text); m != nil {
				port, _ := strconv.Atoi(m[1])
				e.speaksTo = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
			}
			return text
		}
	}
}

// lineOf are the lines of a message with a header.
func lineOf(message, name string) string {
	return strings.Join(regexp.MustCompile(`(?mi)^`+name+`:[^\r]*`).FindAllString(message, -1), "\r\n")
}

// reply answers a request.
func (e *end) reply(request, status, sdp string) {
	e.t.Helper()
	to := lineOf(request, "To")
	if !strings.Contains(to, "tag=") {
		to += ";tag=gateway"
	}
	e.send(sdp, "SIP/2.0 "+status, lineOf(request, "Via"), lineOf(request, "From"), to, lineOf(request, "Call-ID"), lineOf(request, "CSeq"),
		fmt.Sprintf("Contact: <sip:gw@%s>", e.sip.LocalAddr()))
}

// packet is the n-th packet of a voice.
func packet(n int, ssrc uint32, payload []byte) []byte {
	b := make([]byte, 12, 12+len(payload))
	b[0] = 0x80
	binary.BigEndian.PutUint16(b[2:], uint16(n))
	binary.BigEndian.PutUint32(b[4:], uint32(n*160))
	binary.BigEndian.PutUint32(b[8:], ssrc)
	return append(b, payload...)
}

// exchangeAudio lets two ends speak at once, ten times faster than people do, and checks that each hears what the other said.
func exchangeAudio(t *testing.T, a, b *end, fromA, fromB []byte) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	said := [2][][]byte{}
	for n := 0; (n+1)*160 <= min(len(fromA), len(fromB)); n++ {
		<-tick.C
		for i, e := range []*end{a, b} {
			p := packet(n, uint32(i+1), [][]byte{fromA, fromB}[i][n*160:(n+1)*160])
			said[i] = append(said[i], p)
			_, err := e.media.WriteToUDP(p, e.speaksTo)
			must(t, err)
		}
	}
	for i, e := range []*end{b, a} {
		for n, want := range said[i] {
			select {
			case got := <-e.received:
				if !bytes.Equal(got, want) {
					t.Fatalf("packet %d of end %d is not as it was sent", n, i)
				}
			case <-time.After(timeout):
				t.Fatalf("packet %d of end %d did not arrive", n, i)
			}
		}
	}
}

// A bridged call relays every packet in both directions, both voices are analysed, and the record says how well both were
// received, while the call lives and by its record.
func TestTrunkCallIsBridgedAndAnalysed(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	folder := t.TempDir()
	n := start(t, settings(t, folder, hook))
	h := setUp(ctx, t, n.API, hookARN)
	ann, gw := newEndpoint(t), newEndpoint(t)
	_, err := h.voice.PutVoiceConnectorOrigination(ctx, &voice.PutVoiceConnectorOriginationInput{
		VoiceConnectorId: &h.connector,
		Origination: &vtypes.Origination{Disabled: aws.Bool(false), Routes: []vtypes.OriginationRoute{{
			Host: aws.String("127.0.0.1"), Port: aws.Int32(int32(portOf(gw.sip))),
			Protocol: vtypes.OriginationRouteProtocolUdp, Priority: aws.Int32(1), Weight: aws.Int32(1),
		}}},
	})
	must(t, err)

	ann.to, err = net.ResolveUDPAddr("udp", strings.TrimPrefix(n.SIP[0], "udp://"))
	must(t, err)
	uri := "sip:+13605550199@" + h.connector + ".voiceconnector.chime.aws"
	via := fmt.Sprintf("Via: SIP/2.0/UDP %s;rport;branch=z9hG4bK", ann.sip.LocalAddr())
	from, contact := "From: <sip:+12065550100@127.0.0.1>;tag=ann", fmt.Sprintf("Contact: <sip:ann@%s>", ann.sip.LocalAddr())
	ann.send(ann.description(), "INVITE "+uri+" SIP/2.0", via+"1", from, "To: <"+uri+">", "Call-ID: through", "CSeq: 1 INVITE", "Max-Forwards: 70", contact)
	invite := gw.receive("INVITE sip:+13605550199@127.0.0.1")
	gw.reply(invite, "180 Ringing", "")
	gw.reply(invite, "200 OK", gw.description())
	answer := ann.receive("SIP/2.0 200")
	gw.receive("ACK")
	ann.send("", "ACK "+uri+" SIP/2.0", via+"2", from, lineOf(answer, "To"), "Call-ID: through", "CSeq: 1 ACK", "Max-Forwards: 70")
	_, transaction, found := strings.Cut(lineOf(answer, "X-Timbre-Transaction-Id"), ": ")
	if !found {
		t.Fatalf("the answer has no transaction id:\n%s", answer)
	}
	hook.wait(ctx, t, "AnalyticsReady", of(transaction, timbre.AnalyticsReady))
	search, tone := h.analyse(ctx, t, transaction)

	exchangeAudio(t, ann, gw, leg(t, "s1_enrol_caller"), leg(t, "s1_enrol_agent"))
	live := liveCalls(ctx, t, n.Admin)
	if len(live) != 1 || live[0].TransactionID != transaction || len(live[0].Legs) != 2 {
		t.Fatalf("%+v", live)
	}
	for i, l := range live[0].Legs {
		if l.Received == nil || l.Received.Codec == "" || l.Received.Packets == 0 {
			t.Errorf("leg %d: %+v", i, l.Received)
		}
	}

	ann.send("", "BYE "+uri+" SIP/2.0", via+"3", from, lineOf(answer, "To"), "Call-ID: through", "CSeq: 2 BYE", "Max-Forwards: 70")
	gw.reply(gw.receive("BYE"), "200 OK", "")
	ann.receive("SIP/2.0 200")
	hook.wait(ctx, t, "the search's outcome", of(search, timbre.IdentificationNoMatches))
	hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))
	for _, caller := range []bool{true, false} {
		hook.wait(ctx, t, "tone of each side", func(e event) bool {
			return of(tone, timbre.ToneCompleted)(e) && e.Detail.IsCaller != nil && *e.Detail.IsCaller == caller
		})
	}
	hook.wait(ctx, t, "both streams ended", func(event) bool { return len(hook.all(of(transaction, timbre.StreamingEnded))) == 2 })
	cdrs, err := filepath.Glob(filepath.Join(folder, "logs", "Amazon-Chime-Voice-Connector-CDRs", "json", "*", "*", "*", "*", "*_"+transaction))
	must(t, err)
	if len(cdrs) != 1 {
		t.Fatalf("call detail records: %v", cdrs)
	}
	if r := readRecord(t, cdrs[0]); r.SchemaVersion != "2.0" || r.Status != "Completed" || r.StatusMessage != "OK" || len(r.Legs) != 2 || *r.Legs[0].Packets == 0 || *r.Legs[1].Packets == 0 {
		t.Errorf("%+v", r)
	}
}
