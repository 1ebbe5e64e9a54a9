package peer

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"timbre/test/needs"
)

// An unencrypted phone (sipp) calls through kamailio and rtpengine, which use TLS and SRTP towards a Timbre that requires
// encryption. The call is held, and taken back by a re-INVITE without an offer, before the phone is heard.
func TestKamailioAsEncryptedEdge(t *testing.T) {
	t.Parallel()
	needs.Program(t, "sipp", "sipp (Debian's package sip-tester)")
	needs.Program(t, "kamailio", "kamailio (Debian's package kamailio)")
	needs.Program(t, "/usr/lib/*/kamailio/modules/tls.so", "tls.so of kamailio (Debian's package kamailio-tls-modules)")
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
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

	sent := speech(t, "s1_enrol_caller", 3*time.Second)
	phone := sipp(t, folder, "udp", fmt.Sprintf("127.0.0.1:%d", edge), h.connector,
		step{Do: "INVITE", Seq: 1, Direction: "sendrecv", Answer: "recvonly"}, pause(100),
		step{Do: "INVITE", Seq: 2, Within: true, Direction: "inactive", Answer: "inactive"}, pause(100),
		step{Do: "INVITE", Seq: 3, Within: true, Late: true, Direction: "sendonly", Answer: "recvonly"}, pause(300), play(t, folder, sent), pause(3500),
		step{Do: "BYE", Seq: 4, Within: true})
	live := h.call(ctx, t)
	received := h.listen(t, live.TransactionID, 0)
	phone.succeeded(ctx, t)
	h.waitEnded(ctx, t)
	received.assertSimilar(t, sent, 0.99)
	if got := h.assertCleanReception(ctx, t); got != len(sent)/160 {
		t.Errorf("got %d packets, want %d", got, len(sent)/160)
	}
	if got := h.metric(ctx, t, `timbre_call_ended_total{reason="hangup"}`); got != 1 {
		t.Errorf("got %d calls ended by hangup, want 1", got)
	}
}
