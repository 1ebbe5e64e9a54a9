package test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
	"timbre/config"
	"timbre/environment"
	"timbre/sip/phone"
	"timbre/sip/sdp"
)

// A connector that requires encryption accepts calls over TLS and SRTP with each crypto suite, and refuses others. Calls
// survive the replacement of the certificate, which applies to new connections.
func TestEncryptedCalls(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	s := settings(t, t.TempDir(), newReceiver(t))
	s.SIP.Listen = append(s.SIP.Listen, config.Endpoint{Network: "tls", Addr: loopback})
	cert, key, trusted := certificate(t)
	s.SIP.TLS = config.TLS{Cert: cert, Key: key}
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
	_, err := h.voice.UpdateVoiceConnector(ctx, &voice.UpdateVoiceConnectorInput{VoiceConnectorId: &h.connector, Name: aws.String("sbc"), RequireEncryption: aws.Bool(true)})
	must(t, err)
	by := func(network string, suites ...string) phone.Config {
		cfg := phone.Config{
			To: h.connector, Metadata: true, Speed: 50, Suites: suites, TLS: &tls.Config{RootCAs: trusted},
			Caller: phone.Party{AOR: "sip:ann@example.com", Audio: make([]byte, 8000)}, Callee: phone.Party{AOR: "sip:bob@example.com"},
		}
		for _, at := range n.SIP {
			if strings.HasPrefix(at, network+"://") {
				cfg.Server = at
			}
		}
		return cfg
	}
	for name, c := range map[string]struct {
		cfg  phone.Config
		kind timbre.Kind
		says string
	}{
		"TCP":                   {by("tcp", sdp.Suites()...), timbre.Forbidden, "403"},
		"unencrypted audio":     {by("tls"), timbre.Invalid, "488"},
		"untrusted certificate": {func() phone.Config { c := by("tls", sdp.Suites()...); c.TLS = nil; return c }(), timbre.Unavailable, "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := phone.Dial(ctx, environment.Environment{}, c.cfg); timbre.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got error %v, want kind %v with %q", err, c.kind, c.says)
			}
		})
	}
	calls := map[string]*phone.Call{}
	for _, suite := range sdp.Suites() {
		c, err := phone.Dial(ctx, environment.Environment{}, by("tls", suite))
		must(t, err)
		must(t, c.Play(ctx))
		calls[suite] = c
	}

	renewed, newKey, trustedNow := certificate(t)
	for from, to := range map[string]string{renewed: cert, newKey: key} {
		b, err := os.ReadFile(from)
		must(t, err)
		must(t, os.WriteFile(to, b, 0o600))
	}
	if _, err := phone.Dial(ctx, environment.Environment{}, by("tls", sdp.Suites()...)); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("replaced certificate: got error %v, want one about the certificate", err)
	}
	trusted = trustedNow
	c, err := phone.Dial(ctx, environment.Environment{}, by("tls", sdp.Suites()...))
	must(t, err)
	calls["renewed"] = c
	for suite, c := range calls {
		if err := c.Hangup(ctx); err != nil {
			t.Errorf("%s: %v", suite, err)
		}
	}

	text := metrics(ctx, t, n.Admin)
	for !strings.Contains(text, `timbre_sip_rejected_total{reason="tls"} 2`+"\n") && ctx.Err() == nil { // the server notices the failed handshake last
		text = metrics(ctx, t, n.Admin)
	}
	for _, want := range []string{
		fmt.Sprintf("timbre_rtp_packets_total %d\n", 2*50*len(sdp.Suites())),
		`timbre_rtp_dropped_total{reason="unauthentic"} 0` + "\n", `timbre_rtp_dropped_total{reason="malformed"} 0` + "\n",
		`timbre_sip_rejected_total{reason="encryption"} 2` + "\n",
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("got metrics\n%s\nwant %q in them", text, want)
		}
	}
}

// metrics returns a node's metrics as text.
func metrics(ctx context.Context, t *testing.T, admin string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+admin+"/metrics", nil)
	must(t, err)
	client := http.Client{}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	must(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(t, err)
	return string(b)
}
