package test

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	"timbre"
	"timbre/test/needs"
)

// sipp calls a whole server as a recording client, over UDP and TCP: streams start and end as they should.
func TestSippAsRecordingClient(t *testing.T) {
	needs.Program(t, "sipp", "sipp (Debian's package sip-tester)")
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	for _, at := range n.SIP {
		network, address, _ := strings.Cut(at, "://")
		before := len(hook.all(ended))
		out, err := exec.CommandContext(ctx, "sipp", address, "-sf", "../sip/testdata/recorder.xml", "-s", h.connector,
			"-i", "127.0.0.1", "-mi", "127.0.0.1", "-t", network[:1]+"1", "-m", "10", "-r", "20", "-nostdin", "-timeout", "30", "-timeout_error").CombinedOutput()
		if err != nil {
			t.Fatalf("sipp over %s: %v\n%s", network, err, out)
		}
		hook.wait(ctx, t, "all streams ended", func(event) bool { return len(hook.all(ended)) == before+20 })
	}
	for _, e := range hook.all(ended) {
		if len(hook.all(of(e.Detail.TransactionID, timbre.StreamingStarted))) != 2 {
			t.Errorf("call %s: not two streams started", e.Detail.CallID)
		}
	}
}

func ended(e event) bool { return e.status() == timbre.StreamingEnded }
