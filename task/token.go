package task

import (
	"context"

	"timbre"
)

// Repeated returns the task that was started with the token of t; used is false if there is none. Conflict: it was started
// with other parameters.
func (e *Engine) Repeated(ctx context.Context, t timbre.Task) (first timbre.Task, used bool, err error) {
	t.Fingerprint = fingerprint(t)
	return e.byToken(ctx, t)
}

// byToken is Repeated for a task with its fingerprint.
func (e *Engine) byToken(ctx context.Context, t timbre.Task) (first timbre.Task, used bool, err error) {
	if t.Token == "" {
		return first, false, nil
	}
	switch first, err = e.deps.Store.TaskByToken(ctx, t.Kind, t.Token); {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return timbre.Task{}, false, nil
	case err != nil:
		return timbre.Task{}, false, err
	case first.Fingerprint != t.Fingerprint:
		return timbre.Task{}, true, timbre.Errorf(timbre.Conflict, "task.Start", "the ClientRequestToken has been used with other parameters")
	}
	first, err = e.settled(ctx, first)
	first.Voiceprint.Erase()
	return first, true, err
}

// fingerprint is a digest of the parameters of a request, as they were given.
func fingerprint(t timbre.Task) string {
	parameters := []any{t.Kind, t.ConnectorID, t.TransactionID, t.DomainID, t.Side}
	if t.Source != nil {
		parameters = append(parameters, t.Source)
	}
	return timbre.ParameterDigest(parameters...)
}
