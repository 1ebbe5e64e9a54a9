package peer

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"timbre/rtp/codec"
)

// A telephone in the clear (sipp) calls through an edge of kamailio and rtpengine, which speaks to Timbre by TLS and SRTP, and
// Timbre takes nothing else.
func TestKamailioIsAnEncryptedEdge(t *testing.T) {
	t.Parallel()
	needs(t, "sipp", "sip-tester")
	needs(t, "kamailio", "kamailio")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	folder := t.TempDir()
	_, engine := rtpengine(t, folder)
	h := open(ctx, t, true)
	edge := ports(t, 2)
	cert, key := certificate(t)
	values := map[string]any{"Port": edge, "Secure": edge + 1, "Engine": engine, "Timbre": h.at(t, "tls"), "Cert": cert, "Key": key}
	values["TLS"] = write(t, folder, "kamailio_tls.cfg", values)
	launch(t, folder, "kamailio", "-f", write(t, folder, "kamailio.cfg", values), "-DD", "-E", "-m", "32", "-M", "4", "-Y", folder, "-P", filepath.Join(folder, "pid"))
	wait(ctx, t, "kamailio", func() bool {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", edge+1))
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})

	said := speech(t, "s1_enrol_caller", 3*time.Second)
	phone := talk(t, folder, fmt.Sprintf("127.0.0.1:%d", edge), h.connector, said)
	live := h.call(ctx, t)
	heard := h.listen(t, live.TransactionID, 0)
	phone.succeeded(ctx, t)
	h.over(ctx, t)
	heard.like(t, said, 0.99)
	if got := h.flawless(ctx, t); got != len(said)/160 {
		t.Errorf("%d packets came", got)
	}
	if got := h.figure(ctx, t, `timbre_call_ended_total{reason="hangup"}`); got != 1 {
		t.Errorf("%d calls ended well", got)
	}
}

// talk starts a sipp that calls and speaks.
func talk(t *testing.T, folder, to, user string, said []int16) *peer {
	t.Helper()
	audio := filepath.Join(folder, "said.al")
	must(t, os.WriteFile(audio, codec.ALaw.Encode(nil, said), 0o600))
	scenario := write(t, folder, "talk.xml", map[string]any{"Audio": audio, "Milliseconds": len(said)/8 + 500})
	return launch(t, folder, "sipp", to, "-sf", scenario, "-s", user, "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", strconv.Itoa(ports(t, 2)),
		"-mp", strconv.Itoa(ports(t, 8)), "-m", "1", "-nostdin", "-timeout", "50", "-timeout_error")
}
