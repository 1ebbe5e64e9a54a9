package task

import (
	"context"

	"timbre"
)

// check says whether a task may be started: whether what it names exists first, and then whether its state allows it.
func (e *Engine) check(ctx context.Context, t timbre.Task) (c timbre.Call, leg int, err error) {
	const op = "task.Start"
	if t.Source != nil {
		return e.checkSource(ctx, t)
	}
	if _, err := e.Store.Connector(ctx, t.ConnectorID); err != nil {
		return c, 0, err
	}
	if t.Kind == timbre.SpeakerSearch {
		if _, err := e.Store.Domain(ctx, t.DomainID); err != nil {
			return c, 0, err
		}
	}
	c, live := e.Calls.Call(t.TransactionID)
	if !live {
		if c, err = e.Store.Call(ctx, t.TransactionID); err != nil {
			return c, 0, err
		}
	}
	switch {
	case c.ConnectorID != t.ConnectorID:
		return c, 0, timbre.Errorf(timbre.NotFound, op, "there is no transaction %s on the connector", t.TransactionID)
	case !live || !c.Ended.IsZero():
		return c, 0, timbre.Errorf(timbre.Gone, op, "the call has ended")
	}
	if err := e.analysed(ctx, t); err != nil {
		return c, 0, err
	}
	if leg, ok := heardLeg(c, t); ok {
		return c, leg, nil
	}
	return c, 0, timbre.Errorf(timbre.Unprocessable, op, "the call has no such leg")
}

// analysed says whether calls of the connector may be analysed by tasks of the kind.
func (e *Engine) analysed(ctx context.Context, t timbre.Task) error {
	if e.Always {
		return nil
	}
	no := func(why string) error { return timbre.Errorf(timbre.Unprocessable, "task.Start", "%s", why) }
	s, err := e.Store.Streaming(ctx, t.ConnectorID)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return no("the connector has no streaming configuration")
	case err != nil:
		return err
	case s.Disabled:
		return no("the connector's streaming is disabled")
	case s.Insights == nil || s.Insights.Disabled:
		return no("no call analytics configuration is linked to the connector and enabled")
	}
	c, err := e.Store.Configuration(ctx, s.Insights.ConfigurationARN)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return no("the connector's call analytics configuration does not exist")
	case err != nil:
		return err
	case !c.Analyses(t.Kind):
		return no("the connector's call analytics configuration has no voice analytics processor with " + t.Kind.String() + " enabled")
	}
	return nil
}

// heardLeg is the leg that a speaker search listens to: the one asked for, or the caller's, or a mixed one. A voice tone
// analysis listens to all that there are.
func heardLeg(c timbre.Call, t timbre.Task) (int, bool) {
	switch {
	case t.Kind == timbre.VoiceTone:
		return 0, len(c.Legs) > 0
	case t.Side != timbre.Mixed:
		return c.Leg(t.Side)
	}
	if leg, ok := c.Leg(timbre.Caller); ok {
		return leg, true
	}
	return c.Leg(timbre.Mixed)
}
