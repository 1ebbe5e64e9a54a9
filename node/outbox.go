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
	webhooks, err := webhook.New(webhook.Config{Endpoints: endpoints})
	if err != nil {
		return err
	}
	n.notices = notify.New(notify.Config{Log: n.env.Log, Metrics: n.env.Metrics}, n.store,
		notify.Sinks{"webhook": webhooks, "sqs": sqs.New(sqs.Config{Region: n.settings.Region})})
	return nil
}

func (n *Node) openEvents(context.Context) error {
	n.events = event.New(event.Config{
		Account: n.env.Account, Region: n.env.Region, Streaming: n.settings.StreamingTargets(), Log: n.env.Log,
	}, n.store)
	return nil
}
