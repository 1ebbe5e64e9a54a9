// Package peer tests a whole Timbre with independent SIP and RTP implementations: rtpengine, kamailio, baresip, linphone and
// sipp, each in a process of its own. A call passes if a tap on its leg receives the audio that the peer sent.
package peer

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

// timeout bounds every wait of a test. No test measures time by it.
const timeout = 60 * time.Second

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

// deployment is a Timbre with a connector that accepts calls from loopback.
type deployment struct {
	*node.Node
	connector string
}

// open starts a deployment that runs until the test ends. An encrypted one requires encryption.
func open(ctx context.Context, t *testing.T, encrypted bool) deployment {
	t.Helper()
	s := config.Defaults()
	s.Data = t.TempDir()
	s.API.Listen, s.Admin.Listen = "127.0.0.1:0", "127.0.0.1:0"
	s.SIP.Listen = []config.Endpoint{{Network: "udp", Addr: loopback}, {Network: "tcp", Addr: loopback}, {Network: "tls", Addr: loopback}}
	s.SIP.TLS.Cert, s.SIP.TLS.Key = certificate(t)
	first := uint16(ports(t, 100))
	s.RTP.Ports = config.Ports{First: first, Last: first + 99}
	s.AccessKeyID, s.SecretAccessKey = "AKIDTEST", "a secret access key for tests"

	running, stop := context.WithCancel(context.Background())
	n, err := node.New(running, environment.Environment{Log: slog.New(slog.NewTextHandler(logTo{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))}, s)
	if err != nil {
		stop()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- n.Run(running) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("got error %v from the node, want none", err)
		}
	})

	client := voice.New(voice.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("http://" + n.API),
		Credentials: credentials.NewStaticCredentialsProvider(s.AccessKeyID, s.SecretAccessKey, ""),
	})
	c, err := client.CreateVoiceConnector(ctx, &voice.CreateVoiceConnectorInput{Name: aws.String("peers"), RequireEncryption: &encrypted})
	must(t, err)
	_, err = client.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{
		VoiceConnectorId: c.VoiceConnector.VoiceConnectorId,
		Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{"127.0.0.0/8"}, Disabled: aws.Bool(false)},
	})
	must(t, err)
	return deployment{n, *c.VoiceConnector.VoiceConnectorId}
}

// at is the deployment's SIP address for a network, as host:port.
func (h deployment) at(t *testing.T, network string) string {
	t.Helper()
	for _, a := range h.SIP {
		if where, ok := strings.CutPrefix(a, network+"://"); ok {
			return where
		}
	}
	t.Fatalf("got addresses %v, want one for %s", h.SIP, network)
	return ""
}

// uri is the address of the connector for a call that is recorded and not bridged.
func (h deployment) uri(t *testing.T, network string) string {
	t.Helper()
	return "sip:" + h.connector + "@" + h.at(t, network) + ";transport=" + network + ";X-Voice-Connector-Record-Only=true"
}

// calls are the live calls, as an operator sees them.
func (h deployment) calls(ctx context.Context, t *testing.T) (all []node.LiveCall) {
	t.Helper()
	must(t, json.Unmarshal(h.get(ctx, t, "/calls"), &all))
	return all
}

// call waits for the live call.
func (h deployment) call(ctx context.Context, t *testing.T) (c node.LiveCall) {
	t.Helper()
	wait(ctx, t, "a live call", func() bool {
		all := h.calls(ctx, t)
		if len(all) == 1 {
			c = all[0]
		}
		return len(all) == 1
	})
	return c
}

// waitEnded waits until no call is live.
func (h deployment) waitEnded(ctx context.Context, t *testing.T) {
	t.Helper()
	wait(ctx, t, "the end of the call", func() bool { return len(h.calls(ctx, t)) == 0 })
}

// metric is the value of a metric.
func (h deployment) metric(ctx context.Context, t *testing.T, name string) int {
	t.Helper()
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindSubmatch(h.get(ctx, t, "/metrics"))
	if m == nil {
		t.Fatalf("got no metric %s", name)
	}
	f, err := strconv.ParseFloat(string(m[1]), 64)
	must(t, err)
	return int(f)
}

// assertCleanReception fails the test if packets were lost or dropped, except for the faults that the test checks itself. It
// returns the number of packets.
func (h deployment) assertCleanReception(ctx context.Context, t *testing.T, besides ...string) int {
	t.Helper()
	faults := []string{"timbre_rtp_lost_total", "timbre_rtp_late_total", "timbre_rtp_duplicates_total"}
	for _, reason := range []string{"malformed", "unknown source", "unknown payload", "out of sequence", "undecodable", "unauthentic", "replayed", "stun"} {
		faults = append(faults, dropped(reason))
	}
	for _, name := range faults {
		if got := h.metric(ctx, t, name); got != 0 && !slices.Contains(besides, name) {
			t.Errorf("got %s of %d, want 0", name, got)
		}
	}
	return h.metric(ctx, t, "timbre_rtp_packets_total")
}

func dropped(reason string) string { return `timbre_rtp_dropped_total{reason="` + reason + `"}` }

func (h deployment) get(ctx context.Context, t *testing.T, path string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.Admin+path, nil)
	must(t, err)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	must(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(t, err)
	return b
}

// wait polls until a condition holds.
func wait(ctx context.Context, t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: timeout", what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// logTo writes a node's log to the test log.
type logTo struct{ t *testing.T }

func (w logTo) Write(b []byte) (int, error) {
	w.t.Log(string(bytes.TrimRight(b, "\n")))
	return len(b), nil
}
