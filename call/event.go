package call

import (
	"context"
	"fmt"

	"timbre"
)

// save saves a call and posts the notices of events in the same transaction.
func (r *Registry) save(ctx context.Context, c timbre.Call, events []timbre.Event) error {
	notices, err := r.render(ctx, c, events)
	if err != nil {
		return err
	}
	return r.write(ctx, c, notices)
}

// saveEnd saves the end of a call. Its events are rendered once: whether a failed attempt has been written may be unknown, so the
// next one repeats the same notices. The caller holds changing.
func (r *Registry) saveEnd(ctx context.Context, e *entry, c timbre.Call) (err error) {
	if e.ending == nil {
		if e.ending, err = r.render(ctx, c, r.ended(c)); err != nil {
			return err
		}
	}
	return r.write(ctx, c, e.ending)
}

func (r *Registry) render(ctx context.Context, c timbre.Call, events []timbre.Event) ([]timbre.Notice, error) {
	notices, err := r.deps.Announcer.Notices(ctx, events...)
	if err != nil {
		return nil, fmt.Errorf("rendering the events of call %s: %w", c.TransactionID, err)
	}
	return notices, nil
}

func (r *Registry) write(ctx context.Context, c timbre.Call, notices []timbre.Notice) error {
	if err := r.deps.Store.SaveCall(ctx, c, notices); err != nil {
		return fmt.Errorf("saving call %s: %w", c.TransactionID, err)
	}
	return nil
}

func (r *Registry) event(c timbre.Call, kind timbre.EventType, status string, leg int) timbre.Event {
	return timbre.Event{
		ID: r.env.NewID(), Type: kind, Status: status, StatusMessage: c.Failure, Time: r.env.Now(), Call: c, Leg: leg,
	}
}

// perLeg returns one event for each leg, from a leg on.
func (r *Registry) perLeg(c timbre.Call, kind timbre.EventType, status string, from int) (events []timbre.Event) {
	for i := from; i < len(c.Legs); i++ {
		events = append(events, r.event(c, kind, status, i))
	}
	return events
}

// started returns the events of the legs that start, from a leg on. ALL_STARTED is sent once, with the second leg.
func (r *Registry) started(c timbre.Call, from int) []timbre.Event {
	events := r.perLeg(c, timbre.StreamingStatus, timbre.StreamingStarted, from)
	if from < 2 && len(c.Legs) >= 2 {
		events = append(events, r.event(c, timbre.StreamingStatus, timbre.StreamingAllStarted, 0))
	}
	return append(events, r.perLeg(c, timbre.VoiceAnalyticsStatus, timbre.AnalyticsReady, from)...)
}

// ended returns the events of a call that has ended.
func (r *Registry) ended(c timbre.Call) []timbre.Event {
	if c.Failure != "" {
		return r.perLeg(c, timbre.StreamingStatus, timbre.StreamingFailed, 0)
	}
	return r.perLeg(c, timbre.StreamingStatus, timbre.StreamingEnded, 0)
}

// streamARN returns the ARN of a new stream of a call, in the form of a Kinesis video stream: its last part is the time of
// creation in milliseconds since 1970.
func (r *Registry) streamARN(c *timbre.Call) string {
	return fmt.Sprintf("arn:aws:kinesisvideo:%s:%s:stream/ChimeVoiceConnector-%s-%s/%d",
		r.env.Region, r.env.Account, c.ConnectorID, r.env.NewID(), r.env.Now().UnixMilli())
}
