// Package kafka sends notices to topics of Apache Kafka. A notice becomes one record, which is the event. Its key is the task or call, so
// its events stay in order within one partition. Each record is acknowledged by all replicas in sync.
package kafka

import (
	"context"
	"crypto/tls"
	"errors"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"timbre"
	"timbre/environment"
	"timbre/notify"
)

// Config of a Sink.
type Config struct {
	Brokers        []string    // HOST:PORT
	TLS            *tls.Config // nil: none
	SASL           string      // plain, scram-sha-256 or scram-sha-512; empty: none
	User, Password string
}

const (
	maxBatch   = 500
	maxRequest = 5 << 20
	stale      = 30 * time.Second // after which the client gives up a record on its own
)

// Sink sends to any number of topics of one cluster. It is a notify.Batcher. A topic has a client of its own, so that one whose broker
// hangs holds up no other.
type Sink struct {
	options []kgo.Opt
	mu      sync.Mutex
	clients map[string]*kgo.Client // by topic; nil once the sink is closed
	ending  sync.WaitGroup
}

// New returns a Sink, which connects when it sends. The dispatcher repeats, so the client does not. Writes are
// not idempotent: that needs a permission of its own, and repetitions after a restart would be duplicates all the same.
func New(_ environment.Environment, cfg Config) (*Sink, error) {
	options := []kgo.Opt{
		kgo.ClientID("timbre"), kgo.SeedBrokers(cfg.Brokers...), kgo.RequiredAcks(kgo.AllISRAcks()), kgo.DisableIdempotentWrite(),
		kgo.RecordRetries(0), kgo.UnknownTopicRetries(0), kgo.RecordDeliveryTimeout(stale), kgo.ProducerLinger(0),
		kgo.MetadataMinAge(250 * time.Millisecond),
	}
	if cfg.TLS != nil {
		options = append(options, kgo.DialTLSConfig(cfg.TLS))
	}
	if cfg.SASL != "" {
		options = append(options, kgo.SASL(mechanism(cfg)))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "kafka.New", "the Kafka settings are not valid: %w", err)
	}
	client.Close()
	return &Sink{options: options, clients: map[string]*kgo.Client{}}, nil
}

func mechanism(cfg Config) sasl.Mechanism {
	secret := scram.Auth{User: cfg.User, Pass: cfg.Password}
	switch cfg.SASL {
	case "scram-sha-256":
		return secret.AsSha256Mechanism()
	case "scram-sha-512":
		return secret.AsSha512Mechanism()
	}
	return plain.Auth{User: cfg.User, Pass: cfg.Password}.AsMechanism()
}

// Close ends the connections.
func (s *Sink) Close() {
	s.mu.Lock()
	clients := s.clients
	s.clients = nil
	s.mu.Unlock()
	for _, c := range clients {
		c.Close()
	}
	s.ending.Wait()
}

// client returns the client of a topic.
func (s *Sink) client(name string) (*kgo.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients == nil {
		return nil, kgo.ErrClientClosed
	}
	if c := s.clients[name]; c != nil {
		return c, nil
	}
	c, err := kgo.NewClient(s.options...)
	if err == nil {
		s.clients[name] = c
	}
	return c, err
}

// giveUp ends a client that has not answered: its connections may be dead, and what waits behind a lost request would be lost with it.
func (s *Sink) giveUp(name string, c *kgo.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients == nil || s.clients[name] != c {
		return
	}
	delete(s.clients, name)
	s.ending.Go(c.Close)
}

// topic is the form of a topic's name.
var topic = regexp.MustCompile(`^[-_.a-zA-Z0-9]{1,249}$`)

// Check implements timbre.TargetChecker.
func (*Sink) Check(target string) error {
	if name := topicOf(target); !topic.MatchString(name) || name == "." || name == ".." {
		return timbre.Errorf(timbre.Invalid, "", "%q is not the name of a topic", name)
	}
	return nil
}

func topicOf(target string) string { return target[strings.LastIndexByte(target, ':')+1:] }

// Batch implements notify.Batcher.
func (*Sink) Batch() (notices, bytes int) { return maxBatch, maxRequest }

// Send implements notify.Sink. Its errors are notify.Failures.
func (s *Sink) Send(ctx context.Context, n timbre.Notice) error {
	return s.SendBatch(ctx, []timbre.Notice{n})[0]
}

// SendBatch implements notify.Batcher. It ends with ctx even if a broker does not answer a request that has been sent.
func (s *Sink) SendBatch(ctx context.Context, notices []timbre.Notice) []error {
	name := topicOf(notices[0].Target)
	errs := make([]error, len(notices))
	client, err := s.client(name)
	if err != nil {
		return fill(errs, name, err)
	}
	type result struct {
		at  int
		err error
	}
	results := make(chan result, len(notices))
	for i, n := range notices {
		client.Produce(ctx, &kgo.Record{Topic: name, Key: []byte(n.Key), Value: n.Payload},
			func(_ *kgo.Record, err error) { results <- result{i, err} })
	}
	fill(errs, name, context.Canceled)
	for range notices {
		select {
		case r := <-results:
			errs[r.at] = nil
			if r.err != nil {
				errs[r.at] = failure(name, r.err)
			}
		case <-ctx.Done():
			s.giveUp(name, client)
			return cut(errs, name, ctx.Err())
		}
	}
	return errs
}

// fill makes one error that of each notice.
func fill(errs []error, name string, err error) []error {
	for i := range errs {
		errs[i] = failure(name, err)
	}
	return errs
}

// cut puts the end of the context in the place of the results that are still open.
func cut(errs []error, name string, cause error) []error {
	for i := range errs {
		if errors.Is(errs[i], context.Canceled) {
			errs[i] = failure(name, cause)
		}
	}
	return errs
}

// refusals are the errors of brokers that come again with the same record.
var refusals = []error{
	kerr.UnknownTopicOrPartition, kerr.UnknownTopicID, kerr.InvalidTopicException, kerr.MessageTooLarge, kerr.RecordListTooLarge,
	kerr.InvalidRecord, kerr.PolicyViolation, kerr.UnsupportedForMessageFormat,
}

func failure(name string, err error) error {
	kind := notify.ForNow
	for _, refusal := range refusals {
		if errors.Is(err, refusal) {
			kind = notify.Refused
		}
	}
	return &notify.Failure{Kind: kind, Err: timbre.Errorf(timbre.Unavailable, "", "topic %s: %w", name, err)}
}
