package test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/node"
)

// After a kill, a peer that goes on with its call is told at once that the call is gone, and its next INVITE is a new call that can be
// analysed. What it still sends for the lost one does not reach the new one.
func TestPeersEstablishTheirCallsAnewAfterAKill(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	env := append(serverEnv(t.TempDir()), "TIMBRE_NOTIFY_WEBHOOKS=test="+hook.URL+"#"+hookSecret,
		"TIMBRE_NOTIFY_STREAMING=EventBridge=test", "TIMBRE_RTP_PORTS=24000-24015")
	p := serve(ctx, t, env...)
	h := setUp(ctx, t, p.At["api"], hookARN)
	recorded := capture(t, "opensips36-rtpengine105-siprec-udp-pcma-2party.pcap")
	at := strings.TrimPrefix(p.At["sip udp"], "udp://")
	src := newClient(t, at)
	answer := src.invite(t, recorded.first(t, "INVITE "))
	lost := field(t, answer, `(?m)^X-Timbre-Transaction-Id: (\S+)`)
	search, _ := h.analyse(ctx, t, lost)
	sendForEver(t, audioPorts(answer))

	p.Kill()
	p = serve(ctx, t, append(env, "TIMBRE_SIP_LISTEN=udp://"+at)...)
	h.voice, h.media = clients(p.At["api"])
	if bye := src.receive(t); !strings.HasPrefix(bye, "BYE sip:") || field(t, bye, `(?m)^Call-ID: (.*?)\r?$`) != field(t, src.invited, `(?m)^Call-ID: (.*?)\r?$`) {
		t.Errorf("got\n%s\nwant a BYE of the lost call", bye)
	} else {
		src.send(t, response(t, bye, "481 Call/Transaction Does Not Exist"))
	}
	asked := time.Now()
	src.send(t, src.request(t, "UPDATE", "3 UPDATE"))
	if answer := src.receive(t); !strings.HasPrefix(answer, "SIP/2.0 481") {
		t.Errorf("UPDATE of the lost call: got\n%s\nwant 481", answer)
	}
	answer = src.invite(t, recorded.first(t, "INVITE "))
	t.Logf("the peer has its call again %s after it asked", time.Since(asked).Round(time.Millisecond))
	again := field(t, answer, `(?m)^X-Timbre-Transaction-Id: (\S+)`)
	if again == lost {
		t.Errorf("got the transaction %s again, want a new one", lost)
	}
	if s := h.searchStatus(ctx, t, search); s != timbre.Failed {
		t.Errorf("search of the lost call: got status %s, want %s", s, timbre.Failed)
	}
	hook.wait(ctx, t, "the lost streams failed", func(event) bool { return len(hook.all(of(lost, timbre.StreamingFailed))) == 2 })

	for _, leg := range receptions(ctx, t, p, again) {
		if leg.Packets != 0 {
			t.Errorf("got %d packets of the lost call in the new one, want none", leg.Packets)
		}
	}
	h.analyse(ctx, t, again)
	sendForEver(t, audioPorts(answer))
	p.until(ctx, t, "the new call is heard", func() bool {
		legs := receptions(ctx, t, p, again)
		return len(legs) == 2 && legs[0].Packets > 10 && legs[1].Packets > 10
	})
	src.bye(t)
}

// response is the response to a request.
func response(t *testing.T, request, status string) string {
	t.Helper()
	lines := []string{"SIP/2.0 " + status}
	for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		lines = append(lines, name+": "+field(t, request, `(?m)^`+name+`: (.*?)\r?$`))
	}
	return strings.Join(append(lines, "Content-Length: 0", "", ""), "\r\n")
}

// receptions is what each leg of a live call has received.
func receptions(ctx context.Context, t *testing.T, p process, transaction string) (legs []node.Received) {
	t.Helper()
	for _, c := range liveCalls(ctx, t, strings.TrimPrefix(p.At["admin"], "http://")) {
		for _, l := range c.Legs {
			if c.TransactionID == transaction && l.Received != nil {
				legs = append(legs, *l.Received)
			}
		}
	}
	return legs
}

// sendForEver sends audio to ports until the test ends, whoever listens there.
func sendForEver(t *testing.T, ports []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{}, len(ports))
	for _, port := range ports {
		conn, err := net.Dial("udp", "127.0.0.1:"+port)
		must(t, err)
		go func() {
			defer func() { _ = conn.Close(); done <- struct{}{} }()
			every := time.NewTicker(20 * time.Millisecond)
			defer every.Stop()
			packet := append([]byte{0x80, 8, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, make([]byte, 160)...)
			for {
				select {
				case <-ctx.Done():
					return
				case <-every.C:
					packet[3]++
					_, _ = conn.Write(packet) // refused while nothing listens
				}
			}
		}()
	}
	t.Cleanup(func() {
		cancel()
		for range ports {
			<-done
		}
	})
}
