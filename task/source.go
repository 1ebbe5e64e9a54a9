package task

import (
	"context"
	"slices"

	"timbre"
)

// checkSource says whether a task may be started on a stream of a pipeline, at the fragment that it names. The call that
// comes back has that leg alone: the other one is no affair of the task's. Which streams a pipeline takes, and in which state it takes tasks, has been
// looked at before.
func (e *Engine) checkSource(ctx context.Context, t timbre.Task) (c timbre.Call, leg int, err error) {
	if t.Kind == timbre.SpeakerSearch {
		if _, err := e.Store.Domain(ctx, t.DomainID); err != nil {
			return c, 0, err
		}
	}
	c, live := e.Calls.Call(t.TransactionID)
	if !live || !c.Ended.IsZero() {
		return c, 0, timbre.Errorf(timbre.Gone, "task.Start", "the stream has ended")
	}
	leg, ok := streamLeg(c, t.Source.StreamARN)
	if !ok {
		return c, 0, timbre.Errorf(timbre.NotFound, "task.Start", "the call has no such stream")
	}
	if s := t.Source; s.Fragment != "" {
		if err := timbre.CheckFragment(s.StreamARN, s.Fragment, e.Calls.MediaTime(t.TransactionID, leg)); err != nil {
			return c, 0, err
		}
	}
	return only(c, leg), leg, nil
}

// fromNow is a source at the fragment that its stream has come to: what was before the start of a task is never heard,
// whatever fragment it named.
func (e *Engine) fromNow(t timbre.Task, leg int) *timbre.PipelineSource {
	s := *t.Source
	s.Fragment = timbre.Fragment(s.StreamARN, e.Calls.MediaTime(t.TransactionID, leg))
	return &s
}

func streamLeg(c timbre.Call, streamARN string) (int, bool) {
	i := slices.IndexFunc(c.Legs, func(l timbre.Leg) bool { return l.StreamARN == streamARN })
	return i, i >= 0
}

// only is the call with one of its legs.
func only(c timbre.Call, leg int) timbre.Call {
	c.Legs = slices.Clone(c.Legs[leg : leg+1])
	return c
}

// Repeated is the task that was started with t's token, if any. Conflict: it was started with other parameters.
func (e *Engine) Repeated(ctx context.Context, t timbre.Task) (first timbre.Task, used bool, err error) {
	t.Fingerprint = fingerprint(t)
	return e.startedWith(ctx, t)
}
