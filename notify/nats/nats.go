// Package nats sends notices to subjects of NATS that a JetStream stream takes. A notice becomes one message, which is the event, and is
// delivered once the stream has acknowledged it.
package nats

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"timbre"
	"timbre/environment"
	"timbre/notify"
)

// Config of a Sink.
type Config struct {
	URL            string      // servers, separated by commas
	Credentials    string      // a file of JWT and key; empty: none
	User, Password string      // empty: none
	TLS            *tls.Config // nil: as the URL says
}

// Sink publishes to any number of subjects of one system.
type Sink struct{ lines }

// New returns a Sink, which connects when it sends.
func New(_ environment.Environment, cfg Config) *Sink {
	options := []nats.Option{
		nats.Name("timbre"), nats.NoReconnect(), nats.Timeout(dialTimeout), nats.PingInterval(pingInterval), nats.MaxPingsOutstanding(maxPings),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}),
	}
	if cfg.Credentials != "" {
		options = append(options, nats.UserCredentials(cfg.Credentials))
	}
	if cfg.User != "" {
		options = append(options, nats.UserInfo(cfg.User, cfg.Password))
	}
	if cfg.TLS != nil {
		options = append(options, nats.Secure(cfg.TLS))
	}
	return &Sink{lines{url: cfg.URL, options: options}}
}

// subject is the form of a subject's name, without wildcards.
var subject = regexp.MustCompile(`^[-_a-zA-Z0-9]+(\.[-_a-zA-Z0-9]+)*$`)

// Check implements timbre.TargetChecker.
func (*Sink) Check(target string) error {
	if name := subjectOf(target); !subject.MatchString(name) {
		return timbre.Errorf(timbre.Invalid, "", "%q is not the name of a subject", name)
	}
	return nil
}

func subjectOf(target string) string { return target[strings.LastIndexByte(target, ':')+1:] }

// Send implements notify.Sink. Its errors are notify.Failures. A stream discards a message whose id it has had lately; the id contains the
// subject, because one stream may take several.
func (s *Sink) Send(ctx context.Context, n timbre.Notice) error {
	name := subjectOf(n.Target)
	l, err := s.acquire(ctx)
	if err != nil {
		return failure(notify.ForNow, name, timbre.Errorf(timbre.Unavailable, "", "not connected: %w", err))
	}
	_, err = l.stream.Publish(ctx, name, n.Payload, jetstream.WithMsgID(n.ID+"@"+name), jetstream.WithRetryAttempts(0))
	kind := notify.ForNow
	if err != nil {
		kind = kindOf(ctx, l.stream, name, err)
	}
	s.release(l, errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
	if err == nil {
		return nil
	}
	return failure(kind, name, err)
}

func failure(kind notify.FailureKind, name string, err error) error {
	return &notify.Failure{Kind: kind, Err: timbre.Errorf(timbre.Unavailable, "", "subject %s: %w", name, err)}
}

// sizeExceeded is the code of a message that is larger than the stream permits.
const sizeExceeded = 10054

// kindOf returns what an error says about the next attempts. No answer may also mean that the stream is between two leaders.
func kindOf(ctx context.Context, stream jetstream.JetStream, name string, err error) notify.FailureKind {
	api := (*jetstream.APIError)(nil)
	switch {
	case errors.Is(err, jetstream.ErrNoStreamResponse):
		if _, err := stream.StreamNameBySubject(ctx, name); errors.Is(err, jetstream.ErrStreamNotFound) {
			return notify.Refused
		}
	case errors.Is(err, nats.ErrMaxPayload), errors.Is(err, nats.ErrBadSubject):
		return notify.Refused
	case errors.As(err, &api) && (api.ErrorCode == sizeExceeded || api.Code == http.StatusBadRequest):
		return notify.Refused
	}
	return notify.ForNow
}
