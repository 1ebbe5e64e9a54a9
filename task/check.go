package task

import (
	"context"

	"timbre"
)

// check decides whether a task may be started, and on which leg of which call. It checks first that all that the request
// names exists, and then its state.
func (e *Engine) check(ctx context.Context, t timbre.Task) (c timbre.Call, leg int, err error) {
	if t.Source != nil {
		return e.checkSource(ctx, t)
	}
	if _, err := e.deps.Store.Connector(ctx, t.ConnectorID); err != nil {
		return c, 0, err
	}
	if err := e.checkDomain(ctx, t); err != nil {
		return c, 0, err
	}
	if c, err = e.checkCall(ctx, t); err != nil {
		return c, 0, err
	}
	if err := e.checkAnalytics(ctx, t); err != nil {
		return c, 0, err
	}
	if leg, ok := analysedLeg(c, t); ok {
		return c, leg, nil
	}
	return c, 0, timbre.Errorf(timbre.Unprocessable, "task.Start", "the call has no such leg")
}

// checkDomain checks that the domain of a speaker search exists.
func (e *Engine) checkDomain(ctx context.Context, t timbre.Task) error {
	if t.Kind != timbre.SpeakerSearch {
		return nil
	}
	_, err := e.deps.Store.Domain(ctx, t.DomainID)
	return err
}

// checkCall finds the live call of a task on a connector.
func (e *Engine) checkCall(ctx context.Context, t timbre.Task) (c timbre.Call, err error) {
	const op = "task.Start"
	c, live := e.deps.Calls.Call(t.TransactionID)
	if !live {
		if c, err = e.deps.Store.Call(ctx, t.TransactionID); err != nil {
			return c, err
		}
	}
	switch {
	case c.ConnectorID != t.ConnectorID:
		return c, timbre.Errorf(timbre.NotFound, op, "transaction %s does not exist on the connector", t.TransactionID)
	case !live || !c.Ended.IsZero():
		return c, timbre.Errorf(timbre.Gone, op, "the call has ended")
	}
	return c, nil
}

// checkAnalytics checks that the settings of the connector allow tasks of the kind.
func (e *Engine) checkAnalytics(ctx context.Context, t timbre.Task) error {
	if e.cfg.AnalyticsAlways {
		return nil
	}
	link, err := e.insightsLink(ctx, t.ConnectorID)
	if err != nil {
		return err
	}
	c, err := e.deps.Store.Configuration(ctx, link.ConfigurationARN)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return unprocessable("the connector's call analytics configuration does not exist")
	case err != nil:
		return err
	case !c.Analyses(t.Kind):
		return unprocessable("the connector's call analytics configuration has no voice analytics processor with " + t.Kind.String() + " enabled")
	}
	return nil
}

// insightsLink is the connector's enabled link to a call analytics configuration.
func (e *Engine) insightsLink(ctx context.Context, connectorID string) (*timbre.InsightsLink, error) {
	s, err := e.deps.Store.Streaming(ctx, connectorID)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return nil, unprocessable("the connector has no streaming configuration")
	case err != nil:
		return nil, err
	case s.Disabled:
		return nil, unprocessable("the connector's streaming is disabled")
	case s.Insights == nil || s.Insights.Disabled:
		return nil, unprocessable("no call analytics configuration is linked to the connector and enabled")
	}
	return s.Insights, nil
}

func unprocessable(reason string) error {
	return timbre.Errorf(timbre.Unprocessable, "task.Start", "%s", reason)
}

// analysedLeg is the leg that a speaker search analyses: the requested one, or else the caller's, or else a mixed one. A
// voice tone analysis analyses all legs.
func analysedLeg(c timbre.Call, t timbre.Task) (int, bool) {
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
