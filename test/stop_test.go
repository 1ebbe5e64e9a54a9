package test

import (
	"context"
	"log/slog"
	"testing"

	"timbre"
	"timbre/environment"
	"timbre/node"
)

// A server that is stopped during a call sends its events before it exits.
func TestStopDeliversEndOfCalls(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n, err := node.New(ctx, environment.Environment{Log: slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))}, settings(t, t.TempDir(), hook))
	must(t, err)
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- n.Run(running) }()
	h := setUp(ctx, t, n.API, hookARN)

	c := placeCall(ctx, t, n.SIP[0], "s2_enrol")
	search, tone := h.analyse(ctx, t, c.TransactionID)
	stop()
	must(t, <-ended)
	select {
	case <-c.Ended():
		must(t, c.Hangup(ctx))
	case <-ctx.Done():
		t.Error("got no BYE at the caller")
	}

	if got := hook.all(of(c.TransactionID, timbre.StreamingFailed)); len(got) != 2 {
		t.Errorf("got %d events of failed streams, want 2", len(got))
	}
	if got := hook.all(of(search, timbre.IdentificationFailure)); len(got) != 1 {
		t.Errorf("got %d failures of the search, want 1", len(got))
	}
	if got := hook.all(of(tone, timbre.ToneFailure)); len(got) != 2 {
		t.Errorf("got %d failures of the tone analysis, want 2", len(got))
	}
}
