package test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
)

// buffer collects a log.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // receives a value after a write
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case b.more <- struct{}{}:
	default:
	}
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// wait waits until the log contains a text.
func (b *buffer) wait(ctx context.Context, t *testing.T, what string) {
	t.Helper()
	for !strings.Contains(b.String(), what) {
		select {
		case <-b.more:
		case <-ctx.Done():
			t.Fatalf("got log\n%s\nwant %q in it", b.String(), what)
		}
	}
}

// A call with both tasks, malformed SIP messages and API requests with phone numbers all appear in the log, which contains no
// phone number and no secret.
func TestLogRedactsNumbersAndSecrets(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	hook, log := newReceiver(t), &buffer{more: make(chan struct{}, 1)}
	s := settings(t, t.TempDir(), hook)
	n := startWith(t, s, slog.New(slog.NewJSONHandler(log, nil)))
	h := setUp(ctx, t, n.API, hookARN)

	c := placeCall(ctx, t, n.SIP[0], "s2_enrol")
	search, _ := h.analyse(ctx, t, c.TransactionID)
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))
	hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))

	for _, garbage := range []string{
		"INVITE sip:+12065550100@x SIP/2.0\r\nFrom: <sip:+12065550100@x>;tag=a\r\nCSeq: +13605550199 INVITE\r\n\r\n",
		"INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKb\r\nFrom: <sip:x>;tag=a\r\nTo: <sip:x>\r\n" +
			"Call-ID: +1.206.555.0100-1(360)555-0199@x\r\nCSeq: 1 INVITE\r\nRequire: a\r\nContact: <sip:x@127.0.0.1:9>\r\nContent-Length: 0\r\n\r\n",
		"INVITE sip:+13605550199@x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa\r\nFrom: <sip:+12065550100@x>;tag=a\r\n" +
			"To: <tel:+13605550199>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nRequire: +12065550100\r\nContact: <sip:+12065550100@127.0.0.1:9>\r\nContent-Length: 0\r\n\r\n",
	} {
		peer, err := net.Dial("udp", strings.TrimPrefix(n.SIP[0], "udp://"))
		must(t, err)
		_, err = peer.Write([]byte(garbage))
		must(t, err)
		must(t, peer.Close())
	}
	log.wait(ctx, t, "SIP message cannot be parsed")
	log.wait(ctx, t, `"msg":"SIP request refused"`)

	for _, target := range []string{"/phone-numbers/%2B12065550100", "/voice-connectors/+13605550199", "/voice-profiles/%2B12065550100"} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.API+target, http.NoBody)
		must(t, err)
		const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
		must(t, v4.NewSigner().SignHTTP(ctx, aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}, r, empty, "chime", "us-east-1", time.Now()))
		answer, err := new(http.Client).Do(r)
		must(t, err)
		must(t, answer.Body.Close())
		if answer.StatusCode < 400 {
			t.Errorf("%s: got status %d, want an error", target, answer.StatusCode)
		}
	}
	_, err := h.voice.GetVoiceConnector(ctx, &voice.GetVoiceConnectorInput{VoiceConnectorId: &h.connector})
	must(t, err)

	text := log.String()
	for _, want := range []string{`"msg":"call"`, `"msg":"call ended"`, `"operation":"StartSpeakerSearchTask"`, `"operation":"GetPhoneNumber"`, `"key":"` + keyID + `"`, `"error":"NotFoundException"`} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %s in the log", want)
		}
	}
	for _, private := range []string{"2065550100", "3605550199", "206.555", "(360)", secret, hookSecret, "Signature="} {
		for line := range strings.Lines(text) {
			if strings.Contains(line, private) {
				t.Errorf("got %s in the log line %s", private, line)
			}
		}
	}
}
