package node

import (
	"context"

	"timbre/event"
	"timbre/notify"
	"timbre/notify/sqs"
	"timbre/notify/webhook"
)

// openOutbox creates the dispatcher that delivers what the store's outbox holds.
func (n *Node) openOutbox(context.Context) error {
	var endpoints []webhook.Endpoint
	for _, w := range n.settings.Notify.Webhooks {
		endpoints = append(endpoints, webhook.Endpoint{Name: w.Name, URL: w.URL, Secret: w.Secret})
	}
	webhooks, err := webhook.New(n.env, webhook.Config{Endpoints: endpoints})
	if err != nil {
		return err
	}
	sinks := notify.Sinks{"webhook": webhooks, "sqs": sqs.New(n.env, sqs.Config{})}
	n.notices = notify.New(n.env, notify.Config{}, notify.Deps{Outbox: n.store, Sinks: sinks})
	return nil
}

func (n *Node) openEvents(context.Context) error {
	n.events = event.New(n.env, event.Config{Streaming: n.settings.StreamingTargets()}, n.store)
	return nil
}
