package task

import (
	"context"
	"slices"

	"timbre"
)

// checkSource is check for a task on a stream of a pipeline, at the fragment that its Source names. The pipeline engine has
// checked the pipeline and its state.
func (e *Engine) checkSource(ctx context.Context, t timbre.Task) (c timbre.Call, leg int, err error) {
	if err := e.checkDomain(ctx, t); err != nil {
		return c, 0, err
	}
	c, live := e.deps.Calls.Call(t.TransactionID)
	if !live || !c.Ended.IsZero() {
		return c, 0, timbre.Errorf(timbre.Gone, "task.Start", "the stream has ended")
	}
	leg, ok := streamLeg(c, t.Source.StreamARN)
	if !ok {
		return c, 0, timbre.Errorf(timbre.NotFound, "task.Start", "the call has no such stream")
	}
	if s := t.Source; s.Fragment != "" {
		err = timbre.CheckFragment(s.StreamARN, s.Fragment, e.deps.Calls.MediaTime(t.TransactionID, leg))
	}
	return c, leg, err
}

// atCurrentFragment returns the source of t at the current fragment of its stream: a task receives no audio from before its
// start, whichever fragment was requested.
func (e *Engine) atCurrentFragment(t timbre.Task, leg int) *timbre.PipelineSource {
	s := *t.Source
	s.Fragment = timbre.Fragment(s.StreamARN, e.deps.Calls.MediaTime(t.TransactionID, leg))
	return &s
}

func streamLeg(c timbre.Call, streamARN string) (int, bool) {
	i := slices.IndexFunc(c.Legs, func(l timbre.Leg) bool { return l.StreamARN == streamARN })
	return i, i >= 0
}

// onlyLeg returns the call with one of its legs. A task on a stream does not report the other one.
func onlyLeg(c timbre.Call, leg int) timbre.Call {
	c.Legs = slices.Clone(c.Legs[leg : leg+1])
	return c
}
