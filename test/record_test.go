package test

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"net/netip"
	"strings"
	"testing"

	"timbre/environment"
	"timbre/rtp/impair"
	"timbre/sip/phone"
)

// The network drops one packet in twenty of the caller's stream and none of the callee's. The list of live calls shows the
// reception of both legs; after the call, one log line and the call's record do.
func TestReceptionInLiveCallsAndRecord(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	folder, log := t.TempDir(), &buffer{more: make(chan struct{}, 1)}
	n := startWith(t, settings(t, folder, newReceiver(t)), slog.New(slog.NewJSONHandler(log, nil)))
	h := setUp(ctx, t, n.API, hookARN)
	const packets = 1000
	var networks []*impair.Proxy
	call, err := phone.Dial(ctx, environment.Environment{}, phone.Config{
		Server: n.SIP[0], To: h.connector, From: "+12065550100", Speed: 20, PayloadType: phone.ALaw,
		Caller: phone.Party{AOR: "sip:+12065550100@example.com", Audio: bytes.Repeat([]byte{0x55}, packets*160)},
		Callee: phone.Party{AOR: "sip:+13605550199@example.com"},
		Via: func(to netip.AddrPort) netip.AddrPort {
			net := impair.Network{Intact: 20}
			if len(networks) == 0 {
				net.Loss = 0.05
			}
			p, err := impair.Open(to, net)
			must(t, err)
			networks = append(networks, p)
			t.Cleanup(p.Close)
			return p.Addr()
		},
	})
	must(t, err)
	must(t, call.Play(ctx))
	for _, p := range networks {
		p.Wait(packets)
	}
	lost := len(networks[0].Tally().Lost)
	if lost < packets/40 || lost > packets/10 {
		t.Fatalf("got %d of %d packets lost, want about one in twenty", lost, packets)
	}

	live := liveCalls(ctx, t, n.Admin)
	arrived := func() bool {
		return len(live) == 1 && len(live[0].Legs) == 2 &&
			live[0].Legs[0].Received.Packets >= uint64(packets-lost) && live[0].Legs[1].Received.Packets >= packets
	}
	for ctx.Err() == nil && !arrived() { // packets are still in flight
		live = liveCalls(ctx, t, n.Admin)
	}
	if len(live) != 1 || len(live[0].Legs) != 2 {
		t.Fatalf("got live calls %+v, want one with two legs", live)
	}
	if len(live[0].Warnings) == 0 {
		t.Error("got no warning")
	}
	if got := [2]string{live[0].Legs[0].Side, live[0].Legs[1].Side}; got != [2]string{"caller", "callee"} {
		t.Fatalf("got sides %v, want caller and callee", got)
	}
	bad, good := live[0].Legs[0].Received, live[0].Legs[1].Received
	if bad.Codec != "PCMA" || bad.Packets != uint64(packets-lost) {
		t.Errorf("caller: got %d packets of %s, want %d of PCMA", bad.Packets, bad.Codec, packets-lost)
	}
	if math.Abs(bad.Loss-5) > 2.5 {
		t.Errorf("caller: got loss %v %%, want about 5", bad.Loss)
	}
	if bad.MOS < 3.4 || bad.MOS > 4.2 {
		t.Errorf("caller: got MOS %v, want 3.4 to 4.2", bad.MOS)
	}
	if good.Codec != "PCMA" || good.Packets != packets {
		t.Errorf("callee: got %d packets of %s, want %d of PCMA", good.Packets, good.Codec, packets)
	}
	if good.Lost != 0 || good.Loss != 0 || good.Dropped != 0 {
		t.Errorf("callee: got reception %+v, want nothing lost or dropped", good)
	}
	if good.MOS < 4.3 {
		t.Errorf("callee: got MOS %v, want at least 4.3", good.MOS)
	}

	must(t, call.Hangup(ctx))
	log.wait(ctx, t, `"call ended"`)
	r := recordOf(t, folder, call.TransactionID)
	checkOutcome(t, r, "Completed", "Streaming succeeded")
	if r.SchemaVersion != "1.0" || r.Connector != h.connector {
		t.Errorf("got schema version %s and connector %s, want 1.0 and %s", r.SchemaVersion, r.Connector, h.connector)
	}
	if len(r.Warnings) != len(live[0].Warnings) {
		t.Errorf("got warnings %q, want %q", r.Warnings, live[0].Warnings)
	}
	if len(r.Legs) != 2 {
		t.Fatalf("got legs %+v, want two", r.Legs)
	}
	if got := r.Legs[0]; *got.Lost != uint64(lost) || got.Codec != "PCMA" {
		t.Errorf("caller: got %d lost of %s, want %d of PCMA", *got.Lost, got.Codec, lost)
	}
	if r.Legs[0].Mos >= r.Legs[1].Mos || r.Legs[1].LossPercent != 0 {
		t.Errorf("got legs %+v, want loss and the lower MOS only on the caller's", r.Legs)
	}
	checkCallEndedLog(t, log.String(), call.TransactionID)
}

// checkCallEndedLog fails the test unless a log has one line about the end of a call, and no phone number.
func checkCallEndedLog(t *testing.T, log, transaction string) {
	t.Helper()
	var ended []string
	for line := range strings.Lines(log) {
		if strings.Contains(line, "2065550100") || strings.Contains(line, "3605550199") {
			t.Errorf("got a phone number in the log line %s", line)
		}
		if strings.Contains(line, `"call ended"`) {
			ended = append(ended, line)
		}
	}
	if len(ended) != 1 {
		t.Fatalf("got log lines %q about the end of the call, want one", ended)
	}
	for _, want := range []string{transaction, `"leg0":{"side":"caller","codec":"PCMA"`, `"warnings":1`} {
		if !strings.Contains(ended[0], want) {
			t.Errorf("got log line %s, want %s in it", ended[0], want)
		}
	}
}
