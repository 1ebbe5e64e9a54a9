package conformance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/uuid"
)

// request is a raw HTTP request, for what the clients of the SDK do not send.
type request struct {
	method, target, body string
	key                  *aws.Credentials    // nil: the key of the run
	at                   time.Time           // of the signature; zero: now
	tamper               func(*http.Request) // changes the request after it was signed
	unsigned, presigned  bool
}

// response is an HTTP response with its whole body.
type response struct {
	status int
	header http.Header
	body   []byte
}

const largestAnswer = 8 << 20 // bytes

// service is the signing name of both services.
const service = "chime"

func (s *session) send(ctx context.Context, q request) (response, error) {
	r, err := http.NewRequestWithContext(ctx, q.method, s.cfg.Endpoint+q.target, strings.NewReader(q.body))
	if err != nil {
		return response{}, err
	}
	if q.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if err := s.sign(ctx, r, q); err != nil {
		return response{}, err
	}
	if q.tamper != nil {
		q.tamper(r)
	}
	got, err := s.http.Do(r)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(got.Body, largestAnswer))
	return response{got.StatusCode, got.Header, body}, err
}

func (s *session) sign(ctx context.Context, r *http.Request, q request) error {
	if q.unsigned {
		return nil
	}
	key, at := q.key, q.at
	if key == nil {
		own, err := s.cfg.Credentials.Retrieve(ctx)
		if err != nil {
			return err
		}
		key = &own
	}
	if at.IsZero() {
		at = s.cfg.Now()
	}
	r.Header.Set("Amz-Sdk-Invocation-Id", uuid.NewString()) // as SDKs do: it tells requests apart that are alike
	sum := sha256.Sum256([]byte(q.body))
	hash := hex.EncodeToString(sum[:])
	if !q.presigned {
		return v4.NewSigner().SignHTTP(ctx, *key, r, hash, service, s.cfg.Region, at)
	}
	to, _, err := v4.NewSigner().PresignHTTP(ctx, *key, r, hash, service, s.cfg.Region, at)
	if err != nil {
		return err
	}
	r.URL, err = r.URL.Parse(to)
	return err
}

// exception returns the exception in the header, without a suffix.
func (r response) exception() string {
	name, _, _ := strings.Cut(r.header.Get("X-Amzn-ErrorType"), ":")
	return name
}

// message returns the message in the body.
func (r response) message() string {
	var body struct{ Message string } // encoding/json ignores the case
	_ = json.Unmarshal(r.body, &body)
	return body.Message
}

// refusedAs checks that a response is one of the exceptions, with a status.
func (r response) refusedAs(status int, names ...string) error {
	for _, n := range names {
		if r.status == status && r.exception() == n {
			return nil
		}
	}
	return fmt.Errorf("got %s, want %s with status %d", r, strings.Join(names, " or "), status)
}

func (r response) String() string {
	text := fmt.Sprintf("%d %s", r.status, r.exception())
	if m := r.message(); m != "" {
		text += ": " + m
	}
	return text
}
