package api_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/api"
	"timbre/api/rest"
	"timbre/environment"
)

// now is the clock of the server, fixed shortly before that of the SDK, within the allowed skew.
var now = time.Now().Add(-time.Minute).Truncate(time.Millisecond).UTC()

func newID() string { return uuid.NewString() }

type keys map[string]timbre.Key

func (k keys) Key(id string) (timbre.Key, bool) { key, ok := k[id]; key.ID = id; return key, ok }

func (keys) Used(string) {}

// log is a buffer that is safe for concurrent use.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// server is the API on a socket over the fake, with the clients of the SDK.
type server struct {
	*fake
	url         string
	voice       *chimesdkvoice.Client
	pipelines   *chimesdkmediapipelines.Client
	log         *log
	metrics     *prometheus.Registry
	ctx         context.Context
	keys        keys
	logs        *logs
	rates       rest.Rates
	concurrency int
	late        *atomic.Int64 // nanoseconds that the server's clock has gone on
}

const secret = "the secret of the tests"

func newServer() *server {
	return &server{
		fake: &fake{}, log: &log{}, metrics: prometheus.NewRegistry(), ctx: context.Background(),
		keys: keys{"AKIDTEST": {Secret: secret}}, late: new(atomic.Int64), logs: &logs{},
	}
}

// logs are the ids of the connectors whose logs are erased.
type logs []string

func (l *logs) Forget(connectorID string) { *l = append(*l, connectorID) }

func serve(t testing.TB, change ...func(*server)) *server {
	s := newServer()
	for _, c := range change {
		c(s)
	}
	h := httptest.NewServer(s.handler())
	t.Cleanup(h.Close)
	s.url = h.URL
	key := credentials.NewStaticCredentialsProvider("AKIDTEST", secret, "")
	s.voice = chimesdkvoice.New(chimesdkvoice.Options{
		Region: "eu-central-1", BaseEndpoint: &h.URL, Credentials: key, RetryMaxAttempts: 1,
	})
	s.pipelines = chimesdkmediapipelines.New(chimesdkmediapipelines.Options{
		Region: "us-east-1", BaseEndpoint: &h.URL, Credentials: key, RetryMaxAttempts: 1,
	})
	return s
}

func (s *server) handler() http.Handler {
	env := environment.Environment{
		Region: "us-east-1", Account: "000000000000", NewID: newID, Now: func() time.Time { return now.Add(time.Duration(s.late.Load())) },
		Steady: func() time.Time { return now.Add(time.Duration(s.late.Load())) },
		Log:    slog.New(slog.NewJSONHandler(s.log, nil)), Metrics: s.metrics,
	}
	return api.New(env, api.Config{Rates: s.rates, Concurrency: s.concurrency}, api.Deps{
		Store: s.fake, Calls: s.fake, Tasks: s.fake, Pipelines: insightsFake{s.fake}, Targets: s.fake, Pings: s.fake, Logs: s.logs, Keys: s.keys,
	})
}

// answer is an HTTP response with its whole body.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// do sends a signed request.
func (s *server) do(t testing.TB, method, target, body string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(s.ctx, method, s.url+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	signed(t, r, body)
	return send(t, r)
}

func send(t testing.TB, r *http.Request) answer {
	t.Helper()
	got, err := new(http.Client).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header, string(b)}
}

func signed(t testing.TB, r *http.Request, body string) {
	t.Helper()
	r.Header.Set("Amz-Sdk-Invocation-Id", strconv.FormatUint(rand.Uint64(), 16)) // as SDKs do: it tells requests apart that are alike
	key := aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: secret}
	if err := v4.NewSigner().SignHTTP(r.Context(), key, r, sum(body), "chime", "us-east-1", now); err != nil {
		t.Fatal(err)
	}
}

// must unwraps a call that must succeed.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// fails checks that an error has the SDK's type E and a text in its message.
func fails[E interface {
	error
	ErrorMessage() string
}](t testing.TB, err error, part string) {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Errorf("got %v, want a %T", err, e)
		return
	}
	if !strings.Contains(e.ErrorMessage(), part) {
		t.Errorf("got message %q, want %q in it", e.ErrorMessage(), part)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
