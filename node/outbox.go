package node

import (
	"context"

	"timbre/config"
	"timbre/event"
	"timbre/notify"
	"timbre/notify/aws"
	"timbre/notify/eventbridge"
	"timbre/notify/kinesis"
	"timbre/notify/lambda"
	"timbre/notify/sns"
	"timbre/notify/sqs"
	"timbre/notify/webhook"
)

// hooks are the webhooks, which Reload changes.
type hooks = webhook.Sink

// openOutbox creates the dispatcher that delivers what the store's outbox holds.
func (n *Node) openOutbox(context.Context) error {
	var err error
	if n.webhooks, err = webhook.New(n.env, webhook.Config{Endpoints: endpoints(n.settings)}); err != nil {
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
	n.notices = notify.New(n.env, notify.Config{}, notify.Deps{Outbox: n.store, Sinks: sinks})
	return nil
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
