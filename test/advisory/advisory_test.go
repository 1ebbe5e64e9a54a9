// Package advisory tests the built server, at 1,024 descriptors, against the classes of faults that public advisories of servers of
// its kinds describe: telephone exchanges (Asterisk, FreeSWITCH), SIP proxies (Kamailio, OpenSIPS), media relays (rtpengine),
// vaults (HashiCorp Vault), gateways of signed APIs (versitygw) and bulk validators (boulder). Each class has a test of its name,
// whose comment says which advisories are examples of it.
package advisory

import (
	"context"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre/environment"
	"timbre/sip/phone"
	"timbre/test/server"
)

const (
	keyID, secret = "AKIDTEST", "a secret access key for tests"
	password      = "correct horse battery staple"
	patience      = 20 * time.Second // for what must happen
)

// target is a running server under attack.
type target struct {
	*server.Process
	folder string
	voice  *voice.Client
	media  *pipelines.Client
}

// serve starts the binary at 1,024 descriptors, with all its doors open on loopback.
func serve(t *testing.T, env ...string) *target {
	t.Helper()
	return serveIn(t, t.TempDir(), env...)
}

func serveIn(t *testing.T, folder string, env ...string) *target {
	t.Helper()
	exe, err := server.Binary()
	must(t, err)
	cmd := exec.Command("sh", "-c", `ulimit -n 1024; exec "$0" serve`, exe)
	cmd.Env = append(server.Surroundings(), append([]string{
		"TIMBRE_DATA=" + folder, "TIMBRE_API_LISTEN=127.0.0.1:0", "TIMBRE_ADMIN_LISTEN=127.0.0.1:0", "TIMBRE_FEED_LISTEN=127.0.0.1:0",
		"TIMBRE_SIP_LISTEN=udp://127.0.0.1:0,tcp://127.0.0.1:0", "TIMBRE_RTP_PORTS=26000-26199",
		"TIMBRE_ACCESS_KEY_ID=" + keyID, "TIMBRE_SECRET_ACCESS_KEY=" + secret, "TIMBRE_LOG_LEVEL=warn",
	}, env...)...)
	s := &target{Process: server.Launch(t, cmd), folder: folder}
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://" + s.At["api"]), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, ""),
	}
	s.voice, s.media = voice.NewFromConfig(cfg), pipelines.NewFromConfig(cfg)
	return s
}

// sip is the server's address of a network: udp or tcp.
func (s *target) sip(network string) string {
	return strings.TrimPrefix(s.At["sip "+network], network+"://")
}

// connector creates a connector that hosts of some networks may call.
func (s *target) connector(t *testing.T, allowed ...string) string {
	t.Helper()
	c, err := s.voice.CreateVoiceConnector(t.Context(), &voice.CreateVoiceConnectorInput{Name: aws.String("sbc"), RequireEncryption: aws.Bool(false)})
	must(t, err)
	id := *c.VoiceConnector.VoiceConnectorId
	_, err = s.voice.PutVoiceConnectorTermination(t.Context(), &voice.PutVoiceConnectorTerminationInput{
		VoiceConnectorId: &id,
		Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: allowed, Disabled: aws.Bool(false)},
	})
	must(t, err)
	return id
}

// credential gives a connector the user ann.
func (s *target) credential(t *testing.T, connector string) {
	t.Helper()
	_, err := s.voice.PutVoiceConnectorTerminationCredentials(t.Context(), &voice.PutVoiceConnectorTerminationCredentialsInput{
		VoiceConnectorId: &connector, Credentials: []vtypes.Credential{{Username: aws.String("ann"), Password: aws.String(password)}},
	})
	must(t, err)
}

// route sends a connector's calls to a gateway.
func (s *target) route(t *testing.T, connector string, gateway *peer) {
	t.Helper()
	protocol := vtypes.OriginationRouteProtocolUdp
	if gateway.network == "tcp" {
		protocol = vtypes.OriginationRouteProtocolTcp
	}
	_, err := s.voice.PutVoiceConnectorOrigination(t.Context(), &voice.PutVoiceConnectorOriginationInput{
		VoiceConnectorId: &connector,
		Origination: &vtypes.Origination{Disabled: aws.Bool(false), Routes: []vtypes.OriginationRoute{{
			Host: aws.String(gateway.host), Port: aws.Int32(int32(gateway.port)),
			Protocol: protocol, Priority: aws.Int32(1), Weight: aws.Int32(1),
		}}},
	})
	must(t, err)
}

// answersCalls checks that an allowed host's call is still taken.
func (s *target) answersCalls(t *testing.T, connector string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := phone.Dial(ctx, environment.Environment{}, phone.Config{
		Server: s.At["sip udp"], To: connector, From: "+12065550100", Metadata: true,
		Caller: phone.Party{AOR: "sip:+12065550100@example.com"}, Callee: phone.Party{AOR: "sip:agent@example.com"},
	})
	if err != nil {
		t.Fatalf("a call of an allowed host: got error %v, want an answer", err)
	}
	must(t, c.Hangup(ctx))
}

// metric sums the samples of a metric whose name and labels match a pattern.
func (s *target) metric(t *testing.T, pattern string) (sum float64) {
	t.Helper()
	status, text := s.get(t, "admin", "/metrics")
	if status != http.StatusOK {
		t.Fatalf("metrics: got status %d, want 200", status)
	}
	for _, m := range regexp.MustCompile(`(?m)^`+pattern+` (\S+)$`).FindAllStringSubmatch(text, -1) {
		v, err := strconv.ParseFloat(m[1], 64)
		must(t, err)
		sum += v
	}
	return sum
}

// until waits for something to become true.
func until(t *testing.T, what string, met func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !met(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("got no %s in %s", what, patience)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
