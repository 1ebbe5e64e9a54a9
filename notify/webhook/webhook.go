// Package webhook sends notices to named URLs over HTTP, signed as standard-webhooks 1.0 says
// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md). In comes a notice whose
// target is arn:timbre:webhook:<region>:<account>:<name>; out goes one POST with the bare event as its body. Retries are
// the dispatcher's.
package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"timbre"
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
	Now       func() time.Time  // time.Now
	Transport http.RoundTripper // a transport of its own, with TLS as the system trusts it
	Timeout   time.Duration     // from the start of a request to the end of its answer: 10 s
}

// Sink posts notices to endpoints.
type Sink struct {
	now       func() time.Time
	client    *http.Client
	endpoints map[string]endpoint
}

type endpoint struct {
	url string
	key []byte
}

// drained is how much of an answer is read, so that its connection can be used again.
const drained = 64 << 10

// New makes a Sink. Invalid when a name is taken twice, or a URL or secret cannot be used.
func New(c Config) (*Sink, error) {
	s := &Sink{now: c.Now, endpoints: map[string]endpoint{}}
	if s.now == nil {
		s.now = time.Now
	}
	for _, e := range c.Endpoints {
		u, err := url.Parse(e.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, timbre.Errorf(timbre.Invalid, "webhook.New", "webhook %s: its URL is not one of http or https", e.Name)
		}
		key, err := Key(e.Secret)
		if err != nil {
			return nil, timbre.Errorf(timbre.Invalid, "webhook.New", "webhook %s: %w", e.Name, err)
		}
		if _, taken := s.endpoints[e.Name]; taken {
			return nil, timbre.Errorf(timbre.Invalid, "webhook.New", "there are two webhooks named %s", e.Name)
		}
		s.endpoints[e.Name] = endpoint{e.URL, key}
	}
	if c.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forbidigo // a copy, for its proxy and dial settings
		t.MaxIdleConnsPerHost = 8
		c.Transport = t
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	s.client = &http.Client{
		Transport: c.Transport,
		Timeout:   c.Timeout,
		// A redirect may lead anywhere, so it counts as a refusal.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s, nil
}

// Send posts a notice. Any answer but 2xx is an error.
func (s *Sink) Send(ctx context.Context, n timbre.Notice) error {
	name := n.Target[strings.LastIndexByte(n.Target, ':')+1:]
	e, known := s.endpoints[name]
	if !known {
		return timbre.Errorf(timbre.NotFound, "webhook.Send", "no webhook is named %s", name)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(n.Payload))
	if err != nil {
		return timbre.Errorf(timbre.Invalid, "webhook.Send", "webhook %s: its URL cannot be used", name)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "timbre")
	sign(r.Header, e.key, n.ID, s.now(), n.Payload)
	answer, err := s.client.Do(r)
	if err != nil {
		return timbre.Errorf(timbre.Unavailable, "webhook.Send", "webhook %s: %w", name, withoutURL(err))
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, drained))
	if answer.StatusCode/100 != 2 {
		return timbre.Errorf(timbre.Unavailable, "webhook.Send", "webhook %s answered %d", name, answer.StatusCode)
	}
	return nil
}

// withoutURL takes the URL out of a client's error: it may hold a token that a log should not.
func withoutURL(err error) error {
	if u := new(url.Error); errors.As(err, &u) {
		return u.Err
	}
	return err
}
