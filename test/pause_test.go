package test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"timbre"
)

// pause is longer than a feed may buffer, and short for a test. What is lost of the audio meanwhile is lost.
const pause = 5 * time.Second

// A process that is stopped for a while, as a virtual machine is that moves, goes on with its calls.
func TestPausedProcessGoesOn(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*timeout)
	defer cancel()
	hook := newReceiver(t)
	p := serve(ctx, t, append(serverEnv(t.TempDir()), "TIMBRE_NOTIFY_WEBHOOKS=test="+hook.URL+"#"+hookSecret, "TIMBRE_NOTIFY_STREAMING=EventBridge=test")...)
	h := setUp(ctx, t, p.At["api"], hookARN)
	before := placeCall(ctx, t, p.At["sip udp"], "s2_enrol")
	search, _ := h.analyse(ctx, t, before.TransactionID)

	must(t, p.Cmd.Process.Signal(syscall.SIGSTOP))
	asleep := time.NewTimer(pause)
	<-asleep.C
	must(t, p.Cmd.Process.Signal(syscall.SIGCONT))

	must(t, before.Play(ctx))
	must(t, before.Hangup(ctx))
	hook.wait(ctx, t, "the result of the call", of(search, timbre.VoiceprintGenerationSuccess))
	if s := h.searchStatus(ctx, t, search); s != timbre.Succeeded {
		t.Errorf("search of the call: got status %s, want %s", s, timbre.Succeeded)
	}
	h.call(ctx, t, hook, p.At["sip udp"], "s1_enrol", timbre.IdentificationNoMatches)
	p.Stop(t)
}
