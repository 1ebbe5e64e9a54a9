package peer

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"timbre/rtp/codec"
)

// step is one of a scenario of sipp: see config/scenario.xml.
type step struct {
	Do                string // INVITE, BYE, wait, or a command to its audio stream
	Seq               int
	Within            bool   // the call, which is set up
	Direction, Answer string // of the offer and of its answer; without a direction there is no offer
	Refusal           string // the status, if there is no answer
	Milliseconds      int
}

func pause(milliseconds int) step { return step{Do: "wait", Milliseconds: milliseconds} }

// play says something once.
func play(t *testing.T, folder string, said []int16) step {
	t.Helper()
	audio := filepath.Join(folder, "said.al")
	must(t, os.WriteFile(audio, codec.ALaw.Encode(nil, said), 0o600))
	return step{Do: audio + ",1,8,PCMA/8000"}
}

// sipp starts one that makes a call.
func sipp(t *testing.T, folder, network, to, user string, steps ...step) *peer {
	t.Helper()
	return launch(t, folder, "sipp", to, "-sf", write(t, folder, "scenario.xml", map[string]any{"Steps": steps}), "-s", user, "-t", network[:1]+"1",
		"-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", strconv.Itoa(ports(t, 2)), "-mp", strconv.Itoa(ports(t, 8)), "-m", "1", "-nostdin", "-timeout", "50", "-timeout_error")
}

// A call is held and goes on: the audio from before and after is received as one stream.
func TestSippHold(t *testing.T) {
	t.Parallel()
	needs(t, "sipp", "sip-tester")
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	h, folder, said := open(ctx, t, false), t.TempDir(), speech(t, "s1_enrol_caller", 3*time.Second)
	phone := sipp(t, folder, "udp", h.at(t, "udp"), h.connector,
		step{Do: "INVITE", Seq: 1, Direction: "sendonly", Answer: "recvonly"}, pause(300), play(t, folder, said), pause(1500), step{Do: "pause"},
		step{Do: "INVITE", Seq: 2, Within: true, Direction: "inactive", Answer: "inactive"}, pause(500),
		step{Do: "INVITE", Seq: 3, Within: true, Direction: "sendonly", Answer: "recvonly"}, step{Do: "resume"}, pause(2200),
		step{Do: "BYE", Seq: 4, Within: true})
	live := h.call(ctx, t)
	received := h.listen(t, live.TransactionID, 0)
	phone.succeeded(ctx, t)
	h.over(ctx, t)
	if got := h.assertCleanReception(ctx, t); got != len(said)/160 {
		t.Errorf("got %d packets", got)
	}
	if _, n := received.audio(); n != len(said) {
		t.Errorf("%d samples were received, %d were said", n, len(said))
	}
	received.like(t, said[:len(said)/3], 0.99)
	received.like(t, said[2*len(said)/3:], 0.99)
}

// A recording that offers nothing is refused, and leaves nothing behind.
func TestSippOfferlessReinvite(t *testing.T) {
	t.Parallel()
	needs(t, "sipp", "sip-tester")
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	h := open(ctx, t, false)
	for _, network := range []string{"udp", "tcp"} {
		sipp(t, t.TempDir(), network, h.at(t, network), h.connector, step{Do: "INVITE", Seq: 1, Refusal: "488"}).succeeded(ctx, t)
	}
	h.over(ctx, t)
	if got := h.figure(ctx, t, "timbre_rtp_streams"); got != 0 {
		t.Errorf("%d streams are open", got)
	}
}
