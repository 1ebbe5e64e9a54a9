package test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"timbre"
)

// The replay of a capture of OpenSIPS with rtpengine, at ten times real time, gives both streams with their events and tone.
func TestReplayOfOpenSIPSCapture(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	recorded := capture(t, "opensips36-rtpengine105-siprec-udp-pcma-2party.pcap")

	src := newClient(t, strings.TrimPrefix(n.SIP[0], "udp://"))
	answer := src.invite(t, recorded.first(t, "INVITE "))
	transaction := field(t, answer, `(?m)^X-Timbre-Transaction-Id: (\S+)`)
	ports := regexp.MustCompile(`(?m)^m=audio (\d+) `).FindAllStringSubmatch(answer, -1)
	if len(ports) != 2 {
		t.Fatalf("got %d streams, want 2, in\n%s", len(ports), answer)
	}
	_, tone := h.analyse(ctx, t, transaction)
	legs := []struct {
		from          uint16 // rtpengine's source port
		label, caller string
	}{{30038, "1", "true"}, {30056, "0", "false"}}
	sent := make(chan error, len(legs))
	for i, l := range legs {
		go func() { sent <- replay(recorded.from(l.from), "127.0.0.1:"+ports[i][1]) }()
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
			t.Errorf("stream %d: got label %q and isCaller %v, want %q and %s", i, d.SDP.MediaLabel, d.IsCaller, l.label, l.caller)
		}
		if got, want := started.Detail.Metadata, "urn:ietf:params:xml:ns:recording:1"; !strings.Contains(got, want) {
			t.Errorf("stream %d: got metadata %q, want %q in it", i, got, want)
		}
		if got := started.Detail.InviteHeaders["user-agent"]; !strings.Contains(got, "OpenSIPS") {
			t.Errorf("stream %d: got User-Agent %q, want OpenSIPS", i, got)
		}
		hook.wait(ctx, t, "a tone of each leg", func(e event) bool {
			return of(tone, timbre.ToneSuccessful)(e) && e.Detail.IsCaller != nil && fmt.Sprint(*e.Detail.IsCaller) == l.caller
		})
	}
	hook.wait(ctx, t, "both streams ended", func(event) bool { return len(hook.all(of(transaction, timbre.StreamingEnded))) == 2 })
}
