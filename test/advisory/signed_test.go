package advisory

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// post is a request to create a connector, unsigned.
func (s *target) post(t *testing.T, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.At["api"]+"/voice-connectors", strings.NewReader(body))
	must(t, err)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// sign signs a request by the test's key, with what it says of its body.
func sign(t *testing.T, r *http.Request, hash string, at time.Time) *http.Request {
	t.Helper()
	must(t, v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}, r, hash, "chime", "us-east-1", at))
	return r
}

func hashOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

func do(t *testing.T, r *http.Request) (status int, text string) {
	t.Helper()
	res, err := (&http.Client{Timeout: patience}).Do(r)
	must(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, string(b)
}

// connectors counts the connectors that there are.
func (s *target) connectors(t *testing.T) int {
	t.Helper()
	l, err := s.voice.ListVoiceConnectors(t.Context(), nil)
	must(t, err)
	return len(l.VoiceConnectors)
}

const creation = `{"Name":"sbc","RequireEncryption":true}`

// A body must be that which was signed, however it is sent: versitygw's issue 1147 (the last chunk's signature was not checked), CVE-2025-31489
// (MinIO, trailers of unsigned chunks).
func TestChunkedBodies(t *testing.T) {
	s := serve(t)
	const other = `{"Name":"xyz","RequireEncryption":true}`
	for name, c := range map[string]struct {
		hash, sent string // signed; body
		chunked    bool
	}{
		"unsigned":               {"UNSIGNED-PAYLOAD", creation, false},
		"unsigned, with trailer": {"STREAMING-UNSIGNED-PAYLOAD-TRAILER", creation, true},
		"signed by chunk":        {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "27;chunk-signature=00\r\n" + creation + "\r\n0;chunk-signature=00\r\n\r\n", true},
		"hash of nothing":        {hashOf(""), creation, false},
		"another body":           {hashOf(creation), other, false},
		"another body, chunked":  {hashOf(creation), other, true},
		"longer, chunked":        {hashOf(creation), creation + " ", true},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.post(t, creation)
			r.Header.Set("X-Amz-Content-Sha256", c.hash)
			sign(t, r, c.hash, time.Now())
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(c.sent)), int64(len(c.sent))
			if c.chunked {
				r.ContentLength = -1
			}
			if code, text := do(t, r); code < 400 || code >= 500 {
				t.Errorf("got status %d and %s, want a refusal", code, text)
			}
		})
	}
	if n := s.connectors(t); n > 0 {
		t.Errorf("got %d connectors created by requests that were not signed as they came, want none", n)
	}
	r := s.post(t, creation)
	r.ContentLength = -1
	if code, text := do(t, sign(t, r, hashOf(creation), time.Now())); code != http.StatusCreated {
		t.Errorf("the signed body, chunked: got status %d and %s, want 201", code, text)
	}
}
