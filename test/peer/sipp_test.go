package peer

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"timbre/rtp/codec"
	"timbre/test/needs"
)

// step is a step of a sipp scenario: see config/scenario.xml.
type step struct {
	Do                string // INVITE, BYE, wait, or an rtp_stream action
	Seq               int
	Within            bool   // within the dialog
	Direction, Answer string // of the descriptions from sipp and to it; empty: none
	Late              bool   // the INVITE has no offer, and the ACK the answer
	Refusal           string // the expected status of a refusal
	Milliseconds      int
}

func pause(milliseconds int) step { return step{Do: "wait", Milliseconds: milliseconds} }

// play plays audio once.
func play(t *testing.T, folder string, sent []int16) step {
	t.Helper()
	audio := filepath.Join(folder, "sent.al")
	must(t, os.WriteFile(audio, codec.ALaw.Encode(nil, sent), 0o600))
	return step{Do: audio + ",1,8,PCMA/8000"}
}

// sipp starts sipp, which makes one call.
func sipp(t *testing.T, folder, network, to, user string, steps ...step) *peer {
	t.Helper()
	return launch(t, folder, "sipp", to, "-sf", write(t, folder, "scenario.xml", map[string]any{"Steps": steps}), "-s", user, "-t", network[:1]+"1",
		"-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", strconv.Itoa(ports(t, 2)), "-mp", strconv.Itoa(ports(t, 8)), "-m", "1", "-nostdin", "-timeout", "50", "-timeout_error")
}

// The audio before and after a hold is received as one stream.
func TestSippHold(t *testing.T) {
	t.Parallel()
	needs.Program(t, "sipp", "sipp (Debian's package sip-tester)")
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	h, folder, sent := open(ctx, t, false), t.TempDir(), speech(t, "s1_enrol_caller", 3*time.Second)
	phone := sipp(t, folder, "udp", h.at(t, "udp"), h.connector,
		step{Do: "INVITE", Seq: 1, Direction: "sendonly", Answer: "recvonly"}, pause(300), play(t, folder, sent), pause(1500), step{Do: "pause"},
		step{Do: "INVITE", Seq: 2, Within: true, Direction: "inactive", Answer: "inactive"}, pause(500),
		step{Do: "INVITE", Seq: 3, Within: true, Direction: "sendonly", Answer: "recvonly"}, step{Do: "resume"}, pause(2200),
		step{Do: "BYE", Seq: 4, Within: true})
	live := h.call(ctx, t)
	received := h.listen(t, live.TransactionID, 0)
	phone.succeeded(ctx, t)
	h.waitEnded(ctx, t)
	if got := h.assertCleanReception(ctx, t); got != len(sent)/160 {
		t.Errorf("got %d packets, want %d", got, len(sent)/160)
	}
	if _, n := received.audio(); n != len(sent) {
		t.Errorf("got %d samples, want %d", n, len(sent))
	}
	received.assertSimilar(t, sent[:len(sent)/3], 0.99)
	received.assertSimilar(t, sent[2*len(sent)/3:], 0.99)
}

// The offer may come from the server, and the answer in the ACK.
func TestSippLateOffer(t *testing.T) {
	t.Parallel()
	needs.Program(t, "sipp", "sipp (Debian's package sip-tester)")
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			h, folder, sent := open(ctx, t, false), t.TempDir(), speech(t, "s1_enrol_caller", 2*time.Second)
			phone := sipp(t, folder, network, h.at(t, network), h.connector,
				step{Do: "INVITE", Seq: 1, Late: true, Direction: "sendonly", Answer: "recvonly"}, pause(300), play(t, folder, sent), pause(2300),
				step{Do: "BYE", Seq: 2, Within: true})
			live := h.call(ctx, t)
			received := h.listen(t, live.TransactionID, 0)
			phone.succeeded(ctx, t)
			h.waitEnded(ctx, t)
			h.assertCleanReception(ctx, t)
			received.assertSimilar(t, sent, 0.99)
		})
	}
}
