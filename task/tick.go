package task

import (
	"context"

	"timbre"
)

func (e scoreTone) run(a *actor) {
	wanted := a.delays.request(ofTone)
	a.jobs.put(func(ctx context.Context) input { return a.scoreTracks(ctx, e, wanted) })
}

// skipFrom is how far the node is behind when ticks are skipped, so that what is due before them does not come late.
const skipFrom = 0.5

// errSkipped is the result of a tick for which there was no thread in time.
var errSkipped = timbre.Errorf(timbre.Throttled, "task.tick", "the server is overloaded: a score was skipped")

// scoreTracks scores the legs at a tick.
func (a *actor) scoreTracks(ctx context.Context, e scoreTone, wanted dated) input {
	defer a.engine.metrics.step("tone")()
	waiting, cancel := wanted.tick(ctx, e.final)
	defer cancel()
	result, reason := toneScored{scoreTone: e, legs: make([]legScore, len(a.tracks))}, ""
	for i, t := range a.tracks {
		l := &result.legs[i]
		if *l = a.scoreTrack(waiting, t, e); l.err == nil {
			continue
		}
		if ctx.Err() == nil && timbre.KindOf(l.err) == timbre.Unavailable {
			l.err = errSkipped
			a.engine.metrics.skipped.Inc()
		} else {
			a.workFailed(ctx, "tone", l.err)
		}
		if ctx.Err() == nil && timbre.KindOf(l.err) != timbre.Unprocessable {
			reason = failureReason(l.err)
		}
	}
	a.degradation.set("tone", reason)
	return result
}

// scoreTrack scores a leg. Unavailable: there was no thread in time, or what is due before would come late.
func (a *actor) scoreTrack(ctx context.Context, t Track, e scoreTone) (s legScore) {
	if behind := a.engine.deps.Behind; behind != nil && behind() >= skipFrom && !e.final {
		return legScore{err: timbre.Errorf(timbre.Unavailable, "task.tick", "the server is overloaded")}
	}
	s.current, s.overall, s.ok, s.err = t.Score(ctx, e.at)
	return s
}

// tick is the context of a tick, which is skipped if it has no thread when it is due: nobody needs a tone that late, and others need the
// thread. The last one, which the end of a call waits for, never is.
func (r dated) tick(ctx context.Context, last bool) (context.Context, context.CancelFunc) {
	ctx = r.context(ctx)
	due, known := r.due()
	if last || !known {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, due)
}
