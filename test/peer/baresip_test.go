package peer

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"timbre/test/needs"
)

// keepAlives is the number of NAT keep-alive packets (RTCP containing PING) that may be dropped. baresip sends one unencrypted
// in every mode, and with DTLS one more that may arrive before the key.
const keepAlives = 2

// baresip calls over UDP, TCP and TLS, unencrypted, with SDES and with DTLS-SRTP, and with each codec.
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
			needs.Program(t, "baresip", "baresip (Debian's package baresip-core)")
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			h := open(ctx, t, c.encryption != "")
			folder := t.TempDir()
			sent := speech(t, "s1_enrol_caller", 4*time.Second)
			phone := baresip(t, folder, sent, c.codec, c.encryption, h.uri(t, c.network))
			live := h.call(ctx, t)
			received := h.listen(t, live.TransactionID, 0)
			received.until(ctx, t, 3500*time.Millisecond)
			besides := []string{dropped("unauthentic")}
			if c.encryption == "dtls_srtp" { // who has not shown a certificate yet is unknown
				besides = append(besides, dropped("unknown source"))
			}
			h.assertCleanReception(ctx, t, besides...)
			most := keepAlives
			if c.encryption == "" {
				most = 0
			}
			for _, reason := range besides {
				if got := h.metric(ctx, t, reason); got > most {
					t.Errorf("got %s of %d, want at most %d", reason, got, most)
				}
			}
			if c.encryption == "dtls_srtp" {
				if got := h.metric(ctx, t, `timbre_rtp_dtls_handshakes_total{outcome="agreed"}`); got < 1 {
					t.Errorf("got %d DTLS handshakes, want 1", got)
				}
			}
			_, err := phone.stdin.Write([]byte("b")) // hangs up
			must(t, err)
			h.waitEnded(ctx, t)
			received.assertSimilar(t, sent, c.similarity)
		})
	}
}

// baresip starts baresip, which calls a URI and plays audio in a loop.
func baresip(t *testing.T, folder string, sent []int16, codec, encryption, uri string) *peer {
	t.Helper()
	audio, pemFile := filepath.Join(folder, "sent.wav"), filepath.Join(folder, "tls.pem")
	wav(t, audio, sent)
	certFile, keyFile := certificate(t)
	var pem []byte
	for _, file := range []string{certFile, keyFile} {
		b, err := os.ReadFile(file)
		must(t, err)
		pem = append(pem, b...)
	}
	must(t, os.WriteFile(pemFile, pem, 0o600))
	first := ports(t, 10)
	config := write(t, folder, "baresip.config", map[string]any{"Port": ports(t, 2), "Certificate": pemFile, "Audio": audio, "First": first, "Last": first + 9})
	must(t, os.Rename(config, filepath.Join(folder, "config")))
	account := "<sip:ann@127.0.0.1>;regint=0;audio_codecs=" + codec
	if encryption != "" {
		account += ";mediaenc=" + encryption
	}
	must(t, os.WriteFile(filepath.Join(folder, "accounts"), []byte(account+"\n"), 0o600))
	return launch(t, folder, "baresip", "-f", folder, "-e", "/dial "+uri)
}
