// Package eventbridge sends notices to event buses of EventBridge, the default one or one with a name. The bus makes an envelope of its
// own: of the event it takes detail-type, source, time, resources and detail, and gives each an id.
package eventbridge

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"timbre"
	"timbre/notify"
	"timbre/notify/aws"
)

const (
	maxEntry = 1 << 20 // bytes of an entry, and of all entries of a request
	maxBatch = 10
	overhead = 256 + 14 // of an entry beside the event: a source and a time
)

// Config of a Sink.
type Config struct {
	Source string // of the events on the bus; empty: see source
}

// Sink sends to any number of buses.
type Sink = aws.Sink[*client]

// client is that of one region.
type client struct {
	*eventbridge.Client
	source string
}

// New returns a Sink.
func New(account *aws.Account, cfg Config) *Sink {
	return aws.NewSink(account, aws.Service[*client]{
		Noun: "event bus", Prefix: "event-bus/",
		Client: func(c sdk.Config, _ string) *client {
			connected := eventbridge.NewFromConfig(c)
			return &client{connected, cmp.Or(cfg.Source, source(connected.Options().BaseEndpoint))}
		},
		Put:   put,
		Size:  func(n timbre.Notice) int { return len(n.Payload) + overhead },
		Limit: maxEntry, Batch: maxBatch, Total: maxEntry,
	})
}

// put sends a batch. The response has a result for each entry, in their order.
func put(ctx context.Context, c *client, to aws.Target, notices []timbre.Notice) ([]error, error) {
	each := aws.NewBatch(len(notices))
	var entries []types.PutEventsRequestEntry
	var of []int // the notices of the entries
	for i, n := range notices {
		e, err := c.entry(to, n)
		if err != nil {
			each[i] = &notify.Failure{Kind: notify.Refused, Err: err}
			continue
		}
		entries, of = append(entries, e), append(of, i)
	}
	if len(entries) == 0 {
		return each, nil
	}
	out, err := c.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
	if err != nil {
		return nil, err
	}
	for i, r := range out.Entries[:min(len(out.Entries), len(of))] {
		if r.ErrorCode == nil {
			each.Accept(aws.ID(of[i]))
		} else {
			each.Reject(aws.ID(of[i]), r.ErrorCode, r.ErrorMessage, true)
		}
	}
	return each, nil
}

// entry takes an event apart.
func (c *client) entry(to aws.Target, n timbre.Notice) (types.PutEventsRequestEntry, error) {
	var event struct {
		Type      string          `json:"detail-type"`
		Source    string          `json:"source"`
		Time      time.Time       `json:"time"`
		Resources []string        `json:"resources"`
		Detail    json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(n.Payload, &event); err != nil {
		return types.PutEventsRequestEntry{}, timbre.Errorf(timbre.Invalid, "", "event %s has not the form of an event: %w", n.ID, err)
	}
	if c.source != "" {
		event.Source = c.source
	}
	return types.PutEventsRequestEntry{
		EventBusName: &to.Text, DetailType: &event.Type, Source: &event.Source, Time: &event.Time,
		Resources: event.Resources, Detail: sdk.String(string(event.Detail)),
	}, nil
}
