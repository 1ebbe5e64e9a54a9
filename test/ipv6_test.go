package test

import (
	"context"
	"net/netip"
	"testing"

	"timbre"
	"timbre/config"
)

// A whole call by IPv6, signalling and audio: it is analysed like any other.
func TestIPv6Call(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	s := settings(t, t.TempDir(), hook)
	here := netip.AddrPortFrom(netip.IPv6Loopback(), 0)
	s.SIP.Listen = []config.Endpoint{{Network: "udp", Addr: here}, {Network: "tcp", Addr: here}}
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
	h.allow(ctx, t, "::1/128")
	for _, at := range n.SIP {
		c := placeCall(ctx, t, at, "s2_enrol")
		search, tone := h.analyse(ctx, t, c.TransactionID)
		must(t, c.Play(ctx))
		must(t, c.Hangup(ctx))
		hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))
		hook.wait(ctx, t, "both tones completed", func(event) bool { return len(hook.all(of(tone, timbre.ToneCompleted))) == 2 })
		hook.wait(ctx, t, "both streams ended", func(event) bool { return len(hook.all(of(c.TransactionID, timbre.StreamingEnded))) == 2 })
	}
}
