package node

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"strings"

	"timbre"
	"timbre/config"
	"timbre/event"
	"timbre/notify"
	"timbre/notify/aws"
	"timbre/notify/eventbridge"
	"timbre/notify/file"
	"timbre/notify/kafka"
	"timbre/notify/kinesis"
	"timbre/notify/lambda"
	"timbre/notify/nats"
	"timbre/notify/sns"
	"timbre/notify/sqs"
	"timbre/notify/webhook"
)

// hooks are the webhooks, which Reload changes.
type hooks = webhook.Sink

// openOutbox creates the dispatcher that delivers what the store's outbox holds.
func (n *Node) openOutbox(context.Context) error {
	var err error
	if n.webhooks, err = webhook.New(n.env, webhook.Config{Endpoints: endpoints(n.settings), Sampled: n.traces != nil}); err != nil {
		return err
	}
	account := aws.New(n.env, aws.Config{AssumeRoles: n.settings.AWS.AssumeRoles})
	message := aws.Message{Records: n.settings.AWS.Message == "records"}
	sinks := notify.Sinks{
		"webhook":     n.webhooks,
		"sqs":         sqs.New(account, sqs.Config{Message: message}),
		"sns":         sns.New(account, sns.Config{Message: message}),
		"lambda":      lambda.New(account),
		"kinesis":     kinesis.New(account),
		"eventbridge": eventbridge.New(account, eventbridge.Config{Source: n.settings.AWS.EventSource}),
	}
	if err := n.addBrokers(sinks); err != nil {
		return err
	}
	deps := notify.Deps{Outbox: n.store, Sinks: sinks}
	if n.traces != nil {
		deps.Settled = n.traces.Settled
	}
	n.notices = notify.New(n.env, notify.Config{
		Timeout: n.settings.Notify.Timeout, Refusals: n.settings.Notify.Refusals, Disk: n.settings.Notify.Disk,
		Allow: n.settings.Targets(),
	}, deps)
	return nil
}

// addBrokers adds the sinks that have settings of their own, if they are given.
func (n *Node) addBrokers(sinks notify.Sinks) error {
	s := n.settings.Notify
	if len(s.Files) > 0 {
		sinks["file"] = file.New(n.env, file.Config{Files: s.Files}, file.Deps{})
	}
	if len(s.Kafka.Brokers) > 0 {
		secure, err := Trusting("notify.kafka.ca", s.Kafka.CA, s.Kafka.TLS)
		if err != nil {
			return err
		}
		sink, err := kafka.New(n.env, kafka.Config{
			Brokers: s.Kafka.Brokers, TLS: secure, SASL: strings.TrimPrefix(s.Kafka.SASL, "none"), User: s.Kafka.User, Password: s.Kafka.Password,
		})
		if err != nil {
			return err
		}
		sinks["kafka"], n.brokers = sink, append(n.brokers, sink.Close)
	}
	if s.NATS.URL == "" {
		return nil
	}
	secure, err := Trusting("notify.nats.ca", s.NATS.CA, s.NATS.CA != "")
	if err != nil {
		return err
	}
	sink := nats.New(n.env, nats.Config{
		URL: s.NATS.URL, TLS: secure, Credentials: s.NATS.Credentials, User: s.NATS.User, Password: s.NATS.Password,
	})
	sinks["nats"], n.brokers = sink, append(n.brokers, sink.Close)
	return nil
}

// Trusting returns settings of TLS that trust the authorities of a file, or those of the system; nil: no TLS.
func Trusting(key, ca string, use bool) (*tls.Config, error) {
	if !use {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca == "" {
		return c, nil
	}
	text, err := os.ReadFile(ca)
	if err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "", "%s: %w", key, err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(text) {
		return nil, timbre.Errorf(timbre.Invalid, "", "%s: %s has no certificate", key, ca)
	}
	return c, nil
}

// endpoints are the webhooks of settings.
func endpoints(s config.Settings) (list []webhook.Endpoint) {
	for _, w := range s.Notify.Webhooks {
		list = append(list, webhook.Endpoint{Name: w.Name, URL: w.URL, Secret: w.Secret})
	}
	return list
}

func (n *Node) openEvents(context.Context) error {
	n.events = event.New(n.env, event.Config{Streaming: n.settings.StreamingTargets()}, n.store)
	return nil
}
