// Package event renders events as notices: the JSON of an Amazon Chime SDK event, once for each target. The targets follow from
// the connector's streaming configuration and call analytics configuration, or from the configuration of a pipeline. They are
// read for each event, so a Put takes effect at once. The package neither stores nor sends notices; a sink may wrap the
// payload.
package event

import (
	"cmp"
	"context"

	"timbre"
	"timbre/environment"
)

// Store has the configurations that decide which targets an event has, and reserves the numbers of events.
type Store interface {
	timbre.StreamingReader
	timbre.ConfigurationReader
	timbre.NumberReserver
}

// Config of an Announcer.
type Config struct {
	Streaming map[string]string // target of streaming status events: EventBridge, SQS or SNS → ARN or URL
}

// Announcer renders events. It is safe for concurrent use.
type Announcer struct {
	env      environment.Environment
	cfg      Config
	store    Store
	sequence sequence
	observer func(timbre.Event) // nil: nobody observes
}

// New returns an Announcer. The environment's region and account are those of the events.
func New(env environment.Environment, cfg Config, store Store) *Announcer {
	return &Announcer{env: env.Complete(), cfg: cfg, store: store, sequence: sequence{reserver: store}}
}

// Observe sets who is called with each event that is rendered, whether or not it has a target, in the goroutine of Notices. It must return
// quickly. An event that could not be saved comes again, with the same ID unless it is rendered as another. Call it before the first event.
func (a *Announcer) Observe(observer func(timbre.Event)) { a.observer = observer }

// Notices renders events in their order: for each event one notice for each target, all with the id and the payload
// that the event has for all of them. An event without targets has no notice. Rendering an event again gives it another sequence,
// so what could not be saved is kept or gets another ID. Errors are those of the store except NotFound.
func (a *Announcer) Notices(ctx context.Context, events ...timbre.Event) ([]timbre.Notice, error) {
	var notices []timbre.Notice
	for _, e := range events {
		to, err := a.route(ctx, e)
		if err != nil {
			return nil, err
		}
		if a.observer != nil {
			a.observer(e)
		}
		if len(to.targets) == 0 {
			continue
		}
		if e.Sequence, err = a.sequence.next(ctx); err != nil {
			return nil, err
		}
		payload, err := a.payload(e)
		if err != nil {
			return nil, timbre.Errorf(timbre.Internal, "event.Notices", "%s: %w", e.Status, err)
		}
		id := envelopeOf(e).prefix + e.ID
		for _, target := range to.targets {
			notices = append(notices, timbre.Notice{
				ID: id, Key: key(e), Target: target, Role: to.role, Payload: payload, Yield: yields(e), Created: a.env.Now(), Call: transaction(e),
			})
		}
	}
	return notices, nil
}

// yields says when the notices of an event are given up for want of room.
func yields(e timbre.Event) timbre.Yield {
	switch {
	case e.Type == timbre.SpeakerSearchStatus || e.Status == timbre.PostCallVoiceAnalytics:
		return timbre.YieldsNever
	case e.Status == timbre.ToneSuccessful:
		return timbre.YieldsFirst
	}
	return timbre.YieldsLast
}

// key identifies the events that are delivered in order.
func key(e timbre.Event) string {
	if e.TaskID != "" {
		return e.TaskID
	}
	if e.Pipeline != nil {
		return e.Pipeline.ID
	}
	return cmp.Or(e.Call.TransactionID, e.Call.ConnectorID)
}

// transaction is the call that an event tells of.
func transaction(e timbre.Event) string {
	if e.Pipeline != nil {
		return e.Pipeline.TransactionID
	}
	return e.Call.TransactionID
}
