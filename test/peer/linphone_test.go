package peer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"timbre/test/needs"
)

// linphone calls unencrypted and with SDES. Its STUN requests on the media ports are counted and not answered.
func TestLinphoneCalls(t *testing.T) {
	for name, c := range map[string]struct{ network, encryption string }{
		"over UDP":           {"udp", "none"},
		"over TCP with SDES": {"tcp", "srtp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs.Program(t, "linphonec", "linphonec (Debian's package linphone-cli)")
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			h := open(ctx, t, false)
			folder := t.TempDir()
			sent := speech(t, "s1_enrol_caller", 4*time.Second)
			audio, first := filepath.Join(folder, "sent.wav"), ports(t, 10)
			wav(t, audio, sent)
			must(t, os.MkdirAll(filepath.Join(folder, ".local", "share", "linphone"), 0o700))
			rc := write(t, folder, "linphone.rc", map[string]any{"Port": ports(t, 2), "First": first, "Last": first + 9, "Encryption": c.encryption})
			phone := launch(t, folder, "linphonec", "-c", rc)
			_, err := fmt.Fprintf(phone.stdin, "soundcard use files\nplay %s\ncall %s\n", audio, h.uri(t, c.network))
			must(t, err)
			live := h.call(ctx, t)
			received := h.listen(t, live.TransactionID, 0)
			received.until(ctx, t, 4*time.Second)
			h.assertCleanReception(ctx, t, dropped("stun"))
			_, err = fmt.Fprintln(phone.stdin, "terminate\nquit")
			must(t, err)
			h.waitEnded(ctx, t)
			received.assertSimilar(t, sent, 0.9)
			phone.succeeded(ctx, t)
		})
	}
}
