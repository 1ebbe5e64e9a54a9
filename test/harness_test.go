// Package test tests a whole Timbre from the outside, with real SDK clients, SIP peers and sockets. A node runs in the test's
// own process, except in tests of the process itself.
package test

import (
	"bytes"
	"context"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre/config"
	"timbre/environment"
	"timbre/node"
	"timbre/rtp/codec"
	"timbre/sip/phone"
	"timbre/test/needs"
)

const (
	keyID, secret = "AKIDTEST", "a secret access key for tests"
	hookARN       = "arn:timbre:webhook:us-east-1:000000000000:test"
	timeout       = 60 * time.Second
)

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

// clients returns the stock SDK's clients for an endpoint.
func clients(endpoint string) (*voice.Client, *pipelines.Client) {
	cfg := aws.Config{
		Region:       "us-east-1",
		Credentials:  testKey(),
		BaseEndpoint: aws.String("http://" + endpoint),
	}
	return voice.NewFromConfig(cfg), pipelines.NewFromConfig(cfg)
}

func testKey() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(keyID, secret, "")
}

// settings are those of a node in a folder, on free ports, that sends its events to a webhook.
func settings(t *testing.T, folder string, hook *receiver) config.Settings {
	t.Helper()
	s := config.Defaults()
	s.Data = folder
	s.API.Listen, s.Admin.Listen = "127.0.0.1:0", "127.0.0.1:0"
	s.SIP.Listen = []config.Endpoint{{Network: "udp", Addr: loopback}, {Network: "tcp", Addr: loopback}}
	s.RTP.Ports = config.Ports{First: 22000, Last: 23999}
	s.AccessKeyID, s.SecretAccessKey = keyID, secret
	s.Notify.Webhooks = []config.Webhook{{Name: "test", URL: hook.URL, Secret: hookSecret}}
	s.Notify.Streaming = map[string]string{"EventBridge": "test"}
	return s
}

// start runs a node until the test ends.
func start(t *testing.T, s config.Settings) *node.Node {
	t.Helper()
	return startWith(t, s, slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn})))
}

func startWith(t *testing.T, s config.Settings, log *slog.Logger) *node.Node {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	n, err := node.New(ctx, environment.Environment{Log: log}, s)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("node: got error %v, want none", err)
		}
	})
	return n
}

// leg reads a leg of a demo call as µ-law.
func leg(t *testing.T, name string) []byte {
	t.Helper()
	channels, err := codec.ReadWAVFile(filepath.Join("..", "cmd", "timbre", "demo", "calls", name+".wav"))
	must(t, err)
	return codec.ULaw.Encode(nil, channels[0])
}

// placeCall sends a demo call to a node at twenty times real time.
func placeCall(ctx context.Context, t *testing.T, sip, name string) *phone.Call {
	t.Helper()
	c, err := phone.Dial(ctx, environment.Environment{}, phone.Config{
		Server: sip, From: "+12065550100", To: "+13605550199", Metadata: true, Speed: 20,
		Caller: phone.Party{AOR: "sip:+12065550100@example.com", Audio: leg(t, name+"_caller")},
		Callee: phone.Party{AOR: "sip:agent@example.com", Audio: leg(t, name+"_agent")},
	})
	must(t, err)
	return c
}

// python runs a script of test/boto3 in the tests' Python environment.
func python(ctx context.Context, t *testing.T, script string, args ...string) []byte {
	t.Helper()
	exe, err := filepath.Abs(filepath.Join("..", ".venv", "bin", "python"))
	must(t, err)
	needs.Program(t, exe, "the tests' Python environment (make test makes it)")
	cmd := exec.CommandContext(ctx, exe, append([]string{filepath.Join("boto3", script)}, args...)...)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+keyID, "AWS_SECRET_ACCESS_KEY="+secret)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, stderr.String())
	}
	return out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// testWriter writes a node's log to the test log.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(string(bytes.TrimRight(b, "\n")))
	return len(b), nil
}
