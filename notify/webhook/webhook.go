// Package webhook sends notices to named URLs over HTTP, signed as standard-webhooks 1.0 says
// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md). A notice with the target
// arn:timbre:webhook:<region>:<account>:<name> becomes one POST request whose body is the event. The dispatcher retries.
package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/notify"
)

// Endpoint is one named URL.
type Endpoint struct {
	Name   string
	URL    string // http or https
	Secret string // see Key
}

// Config of a Sink. Zero values mean the default.
type Config struct {
	Endpoints []Endpoint
	Sampled   bool              // traces are exported
	Transport http.RoundTripper // a transport of its own, with the system's certificate authorities
}

// Sink posts notices to endpoints.
type Sink struct {
	now       func() time.Time
	sampled   bool
	client    *http.Client
	endpoints atomic.Pointer[map[string]endpoint]
}

type endpoint struct {
	url string
	key []byte
}

const op = "webhook.Send"

// maxResponse is how much of a response is read, so that its connection can be reused.
const maxResponse = 64 << 10

// New returns a Sink. Invalid if two endpoints have one name, or a URL or secret is malformed.
func New(env environment.Environment, cfg Config) (*Sink, error) {
	if cfg.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forbidigo // a copy, for its proxy and dial settings
		t.MaxIdleConnsPerHost = 8
		cfg.Transport = t
	}
	s := &Sink{now: env.Complete().Now, sampled: cfg.Sampled, client: &http.Client{
		Transport: cfg.Transport,
		// A redirect may lead anywhere, so it counts as a refusal.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	use, err := s.Prepare(cfg.Endpoints)
	if err != nil {
		return nil, err
	}
	use()
	return s, nil
}

// Prepare checks endpoints, as New does, and returns a function that puts them in the place of those before.
func (s *Sink) Prepare(configured []Endpoint) (use func(), err error) {
	endpoints, err := parse(configured)
	if err != nil {
		return nil, err
	}
	return func() { s.endpoints.Store(&endpoints) }, nil
}

func parse(configured []Endpoint) (map[string]endpoint, error) {
	const op = "webhook.New"
	endpoints := map[string]endpoint{}
	for _, e := range configured {
		u, err := url.Parse(e.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, timbre.Errorf(timbre.Invalid, op, "webhook %s: its URL is not an http or https URL", e.Name)
		}
		key, err := Key(e.Secret)
		if err != nil {
			return nil, timbre.Errorf(timbre.Invalid, op, "webhook %s: %w", e.Name, err)
		}
		if _, taken := endpoints[e.Name]; taken {
			return nil, timbre.Errorf(timbre.Invalid, op, "two webhooks are named %s", e.Name)
		}
		endpoints[e.Name] = endpoint{e.URL, key}
	}
	return endpoints, nil
}

// Check implements timbre.TargetChecker.
func (s *Sink) Check(target string) error {
	_, err := s.find(target)
	return err
}

// find returns the endpoint of a target, with its name in any error.
func (s *Sink) find(target string) (endpoint, error) {
	name := nameOf(target)
	e, known := (*s.endpoints.Load())[name]
	if !known {
		return e, timbre.Errorf(timbre.NotFound, "", "no webhook is named %s", name)
	}
	return e, nil
}

func nameOf(target string) string { return target[strings.LastIndexByte(target, ':')+1:] }

// Send posts a notice. Its errors are notify.Failures.
func (s *Sink) Send(ctx context.Context, n timbre.Notice) error {
	name := nameOf(n.Target)
	e, err := s.find(n.Target)
	if err != nil {
		return &notify.Failure{Kind: notify.Refused, Err: timbre.Errorf(timbre.NotFound, op, "%w", err)}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(n.Payload))
	if err != nil {
		return timbre.Errorf(timbre.Invalid, op, "webhook %s: its URL is malformed", name)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "timbre")
	if span, ok := timbre.SpanOf(n.Call, n.ID+n.Target); ok {
		r.Header.Set("traceparent", span.Parent(s.sampled))
	}
	sign(r.Header, e.key, n.ID, s.now(), n.Payload)
	response, err := s.client.Do(r)
	if err != nil {
		return timbre.Errorf(timbre.Unavailable, op, "webhook %s: %w", name, withoutURL(err))
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxResponse))
	return s.answer(name, response)
}

// withoutURL removes the URL from an error of the client: it may contain a token.
func withoutURL(err error) error {
	if u := new(url.Error); errors.As(err, &u) {
		return u.Err
	}
	return err
}
