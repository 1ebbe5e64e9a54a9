package peer

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// opening is the number of NAT keep-alive packets (RTCP containing PING) that may be dropped: baresip sends one unencrypted in
// every mode, and with DTLS one more that may arrive before the key.
const opening = 2

// baresip calls: over UDP, TCP and TLS, in the clear and encrypted in both ways, with each codec.
func TestBaresipCalls(t *testing.T) {
	for name, c := range map[string]struct {
		network, codec, encryption string
		similarity                 float64
	}{
		"G.711 over UDP":             {"udp", "PCMU/8000/1", "", 0.95},
		"G.722 over TCP":             {"tcp", "G722/16000/1", "", 0.8},
		"Opus over UDP":              {"udp", "opus/48000/2", "", 0.8},
		"SDES over TLS":              {"tls", "PCMA/8000/1", "srtp-mand", 0.95},
		"DTLS-SRTP over TLS":         {"tls", "PCMA/8000/1", "dtls_srtp", 0.95},
		"Opus in DTLS-SRTP over TLS": {"tls", "opus/48000/2", "dtls_srtp", 0.8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs(t, "baresip", "baresip-core")
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			h := open(ctx, t, c.encryption != "")
			folder := t.TempDir()
			said := speech(t, "s1_enrol_caller", 4*time.Second)
			phone := baresip(t, folder, said, c.codec, c.encryption, h.uri(t, c.network))
			live := h.call(ctx, t)
			received := h.listen(t, live.TransactionID, 0)
			received.until(ctx, t, 3500*time.Millisecond)
			h.assertCleanReception(ctx, t, dropped("unauthentic"))
			if got := h.figure(ctx, t, dropped("unauthentic")); got > opening || c.encryption == "" && got > 0 {
				t.Errorf("%d packets were not authentic", got)
			}
			if c.encryption == "dtls_srtp" && h.figure(ctx, t, `timbre_rtp_dtls_handshakes_total{outcome="agreed"}`) < 1 {
				t.Error("no handshake")
			}
			_, err := phone.stdin.Write([]byte("b")) // hangs up
			must(t, err)
			h.over(ctx, t)
			received.like(t, said, c.similarity)
		})
	}
}

// baresip starts a baresip that calls a URI and plays audio in a loop.
func baresip(t *testing.T, folder string, said []int16, codec, encryption, uri string) *peer {
	t.Helper()
	audio, both := filepath.Join(folder, "said.wav"), filepath.Join(folder, "both.pem")
	wav(t, audio, said)
	certFile, keyFile := certificate(t)
	var pem []byte
	for _, file := range []string{certFile, keyFile} {
		b, err := os.ReadFile(file)
		must(t, err)
		pem = append(pem, b...)
	}
	must(t, os.WriteFile(both, pem, 0o600))
	first := ports(t, 10)
	config := write(t, folder, "baresip.config", map[string]any{"Port": ports(t, 2), "Certificate": both, "Audio": audio, "First": first, "Last": first + 9})
	must(t, os.Rename(config, filepath.Join(folder, "config")))
	account := "<sip:ann@127.0.0.1>;regint=0;audio_codecs=" + codec
	if encryption != "" {
		account += ";mediaenc=" + encryption
	}
	must(t, os.WriteFile(filepath.Join(folder, "accounts"), []byte(account+"\n"), 0o600))
	return launch(t, folder, "baresip", "-f", folder, "-e", "/dial "+uri)
}
