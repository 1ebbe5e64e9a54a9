package call

import (
	"context"
	"fmt"

	"timbre"
)

// write makes a call durable, together with what the outside is told of events.
func (r *Registry) write(ctx context.Context, c timbre.Call, events []timbre.Event) error {
	notices, err := r.announce.Notices(ctx, events...)
	if err != nil {
		return fmt.Errorf("call %s could not be announced: %w", c.TransactionID, err)
	}
	if err := r.journal.SaveCall(ctx, c, notices); err != nil {
		return fmt.Errorf("call %s could not be written: %w", c.TransactionID, err)
	}
	return nil
}

func (r *Registry) event(c timbre.Call, kind timbre.EventType, status string, leg int) timbre.Event {
	return timbre.Event{
		ID: "Id-" + r.NewID(), Type: kind, Status: status, StatusMessage: c.Failure, Time: r.Now(), Call: c, Leg: leg,
	}
}

// perLeg is one event for each leg, from a leg on.
func (r *Registry) perLeg(c timbre.Call, kind timbre.EventType, status string, from int) (events []timbre.Event) {
	for i := from; i < len(c.Legs); i++ {
		events = append(events, r.event(c, kind, status, i))
	}
	return events
}

// beginning are the events of the legs that begin, from a leg on. ALL_STARTED is told once: with the second leg.
func (r *Registry) beginning(c timbre.Call, from int) []timbre.Event {
	events := r.perLeg(c, timbre.StreamingStatus, timbre.StreamingStarted, from)
	if from < 2 && len(c.Legs) >= 2 {
		events = append(events, r.event(c, timbre.StreamingStatus, timbre.StreamingAllStarted, 0))
	}
	return append(events, r.perLeg(c, timbre.VoiceAnalyticsStatus, timbre.AnalyticsReady, from)...)
}

// streamARN names a new stream of a call, in the form of a Kinesis video stream: the last part is when it was made, in
// milliseconds since 1970.
func (r *Registry) streamARN(c *timbre.Call) string {
	return fmt.Sprintf("arn:aws:kinesisvideo:%s:%s:stream/ChimeVoiceConnector-%s-%s/%d",
		r.Region, r.Account, c.ConnectorID, r.NewID(), r.Now().UnixMilli())
}
