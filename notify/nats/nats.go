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
	"time"

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
type Sink struct {
	conn   *nats.Conn
	stream jetstream.JetStream
}

// Pings find a connection whose peer has vanished.
const (
	pingInterval = 5 * time.Second
	maxPings     = 2
)

// New returns a Sink. It connects in the background, and again whenever the connection is lost. Nothing is buffered meanwhile: the outbox
// keeps what is not delivered.
func New(_ environment.Environment, cfg Config) (*Sink, error) {
	options := []nats.Option{
		nats.Name("timbre"), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectBufSize(-1), nats.IgnoreAuthErrorAbort(),
		nats.PingInterval(pingInterval), nats.MaxPingsOutstanding(maxPings), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}),
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
	conn, err := nats.Connect(cfg.URL, options...)
	if err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "nats.New", "the NATS settings are not valid: %w", err)
	}
	stream, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, timbre.Errorf(timbre.Invalid, "nats.New", "the NATS settings are not valid: %w", err)
	}
	return &Sink{conn, stream}, nil
}

// Close ends the connection.
func (s *Sink) Close() { s.conn.Close() }

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
	_, err := s.stream.Publish(ctx, name, n.Payload, jetstream.WithMsgID(n.ID+"@"+name), jetstream.WithRetryAttempts(0))
	if err == nil {
		return nil
	}
	return &notify.Failure{Kind: s.kindOf(ctx, name, err), Err: timbre.Errorf(timbre.Unavailable, "", "subject %s: %w", name, s.explain(err))}
}

// sizeExceeded is the code of a message that is larger than the stream permits.
const sizeExceeded = 10054

// kindOf returns what an error says about the next attempts. No answer may also mean that the stream is between two leaders.
func (s *Sink) kindOf(ctx context.Context, name string, err error) notify.FailureKind {
	api := (*jetstream.APIError)(nil)
	switch {
	case errors.Is(err, jetstream.ErrNoStreamResponse):
		if _, err := s.stream.StreamNameBySubject(ctx, name); errors.Is(err, jetstream.ErrStreamNotFound) {
			return notify.Refused
		}
	case errors.Is(err, nats.ErrMaxPayload), errors.Is(err, nats.ErrBadSubject):
		return notify.Refused
	case errors.As(err, &api) && (api.ErrorCode == sizeExceeded || api.Code == http.StatusBadRequest):
		return notify.Refused
	}
	return notify.ForNow
}

// explain says why there is no connection.
func (s *Sink) explain(err error) error {
	if last := s.conn.LastError(); last != nil && !s.conn.IsConnected() {
		return timbre.Errorf(timbre.Unavailable, "", "not connected: %w", last)
	}
	return err
}
