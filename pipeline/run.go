package pipeline

import (
	"context"
	"errors"
	"time"

	"timbre"
)

// Look is how often Run looks at the live pipelines.
const Look = 250 * time.Millisecond

// pause is how long a pipeline is left alone whose change could not be written down.
const pause = 5 * time.Second

const crash = "the server stopped while the pipeline was in progress"

// Run looks after the live pipelines until ctx ends: those whose media has come are in progress, and those that have lived,
// paused or waited for media too long are stopped.
func (e *Engine) Run(ctx context.Context) {
	tick := time.NewTicker(Look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, l := range e.lives() {
				l.look(context.WithoutCancel(ctx))
			}
		}
	}
}

func (l *life) look(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.e.Now()
	if l.over || now.Before(l.leave) {
		return
	}
	if err := l.turn(ctx, now); err != nil {
		l.leave = now.Add(pause)
		l.e.Log.Error("a pipeline's change could not be written down, and will be tried again", "pipeline", l.p.ID, "error", err)
	}
}

// turn is what the time does to a pipeline.
func (l *life) turn(ctx context.Context, now time.Time) error {
	status := l.p.Status()
	heard, trouble := l.heard.Load(), l.e.troubleOf(l.p)
	if _, live := l.e.Calls.Call(l.p.TransactionID); live {
		l.gone = time.Time{}
	} else if l.gone.IsZero() {
		l.gone = now
	}
	switch {
	case now.Sub(l.p.Created) >= timbre.PipelineLife,
		status == timbre.PipelinePaused && now.Sub(l.p.Paused) >= timbre.PipelinePause,
		status == timbre.PipelineInProgress && now.Sub(l.last(heard)) >= timbre.PipelineSilence,
		!l.gone.IsZero() && now.Sub(l.gone) >= timbre.PipelineSilence:
		return l.end(ctx, "")
	case status == timbre.PipelineNotStarted && l.began:
		l.begin(ctx)
	case status == timbre.PipelineInitializing && heard != 0:
		return l.change(ctx, func(p *timbre.Pipeline) { set(p, timbre.PipelineInProgress) }, timbre.InsightsInProgress, "")
	case status == timbre.PipelineInProgress && trouble != troubleIn(l.p):
		return l.trouble(ctx, trouble)
	}
	return nil
}

// last is when media came last, or when the wait for it began.
func (l *life) last(heard int64) time.Time {
	if heard == 0 {
		return l.since
	}
	return time.Unix(0, heard)
}

// Recover ends the pipelines that lived when the server last died: those in progress have failed, the others are stopped.
// Call it before anything is made.
func (e *Engine) Recover(ctx context.Context) error {
	stale, err := e.Store.LivePipelines(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, p := range stale {
		why := ""
		if s := p.Status(); s == timbre.PipelineInProgress || s == timbre.PipelineInitializing {
			why = crash
		}
		l := &life{e: e, p: p}
		faults = append(faults, l.change(ctx, func(p *timbre.Pipeline) { finish(p, why) }, ending(why), why))
	}
	return errors.Join(faults...)
}

// Close stops the live pipelines with their tasks, and takes no others. What cannot be written down is left to Recover.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	var faults []error
	for _, l := range e.lives() {
		l.mu.Lock()
		if !l.over {
			faults = append(faults, l.end(ctx, ""))
		}
		l.mu.Unlock()
	}
	return errors.Join(faults...)
}
