package test

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A source that no connector allows is refused a few times and then ignored. It is answered again from the first message after
// a connector allows it.
func TestUnknownSourceIsRefusedThenDroppedThenAllowed(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	n := start(t, settings(t, t.TempDir(), newReceiver(t)))
	h := setUp(ctx, t, n.API, hookARN)
	h.allow(ctx, t, "192.0.2.0/24")
	conn, err := net.Dial("udp", strings.TrimPrefix(n.SIP[0], "udp://"))
	must(t, err)
	defer conn.Close()
	call := func(i int) {
		t.Helper()
		_, err := fmt.Fprintf(conn, "INVITE sip:%s@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d\r\nFrom: <sip:a@example.com>;tag=a\r\n"+
			"To: <sip:b@example.com>\r\nCall-ID: call-%[3]d\r\nCSeq: 1 INVITE\r\nContact: <sip:a@%[2]s>\r\nRequire: siprec\r\nMax-Forwards: 70\r\n"+
			"Content-Type: application/sdp\r\nContent-Length: %[4]d\r\n\r\n%[5]s", h.connector, conn.LocalAddr(), i, len(noAudio), noAudio)
		must(t, err)
	}
	buf := make([]byte, 1<<16)
	answer := func(call int) string {
		t.Helper()
		must(t, conn.SetReadDeadline(time.Now().Add(timeout)))
		for {
			n, err := conn.Read(buf)
			must(t, err)
			if got := string(buf[:n]); !strings.HasPrefix(got, "SIP/2.0 1") && strings.Contains(got, fmt.Sprintf("call-%d\r\n", call)) {
				return got
			}
		}
	}
	const refused, ignored = 8, 12
	for i := range refused {
		call(i)
		if got := answer(i); !strings.HasPrefix(got, "SIP/2.0 403 ") {
			t.Fatalf("call %d: got\n%s\nwant 403", i, got)
		}
	}
	for i := range ignored {
		call(refused + i)
	}
	dropped := regexp.MustCompile(`timbre_sip_dropped_total\{reason="uninvited"\} [1-9]`)
	for !dropped.MatchString(metrics(ctx, t, n.Admin)) {
		must(t, ctx.Err())
	}
	if got := metrics(ctx, t, n.Admin); !strings.Contains(got, "timbre_sip_banned_sources 0\n") {
		t.Error("got a ban of a source that others can forge, want none")
	}
	h.allow(ctx, t, "127.0.0.0/8")
	call(99)
	if got := answer(99); !strings.HasPrefix(got, "SIP/2.0 488 ") { // admitted, but without audio
		t.Errorf("allowed source: got\n%s\nwant 488", got)
	}
}
