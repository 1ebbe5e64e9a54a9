package pipeline

import (
	"context"
	"errors"
	"time"

	"timbre"
)

const (
	pollInterval  = 250 * time.Millisecond // of Run
	checkInterval = time.Second            // of a look whether the call is live
	retryInterval = 5 * time.Second        // of a change that could not be saved
)

// Run advances the live pipelines until ctx ends: a pipeline whose media has arrived is in progress; one that has reached the
// limit of its life, its pause or its wait for media is stopped.
func (e *Engine) Run(ctx context.Context) {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, l := range e.all() {
				l.poll(context.WithoutCancel(ctx))
			}
		}
	}
}

func (l *live) poll(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.e.env.Steady()
	if l.over || now.Before(l.retryAt) {
		return
	}
	if err := l.advance(ctx, now); err != nil {
		l.retryAt = now.Add(retryInterval)
		l.logRetry(err)
	}
}

func (l *live) advance(ctx context.Context, now time.Time) error {
	status, lastMedia, reason := l.p.Status(), l.lastMedia.Load(), l.e.degradation(l.p)
	l.checkCall(now)
	switch {
	case l.expired(status, lastMedia, now):
		return l.end(ctx, "")
	case status == timbre.PipelineNotStarted && l.begun:
		l.begin(ctx)
	case status == timbre.PipelineInitializing && lastMedia != 0:
		return l.change(ctx, func(p *timbre.Pipeline) { setStatus(p, timbre.PipelineInProgress) }, timbre.InsightsInProgress, "")
	case status == timbre.PipelineInProgress && reason != failureDetail(l.p):
		return l.setDegraded(ctx, reason)
	}
	return nil
}

// checkCall records when the call was first found to have ended.
func (l *live) checkCall(now time.Time) {
	if now.Sub(l.checked) < checkInterval {
		return
	}
	l.checked = now
	if _, isLive := l.e.deps.Calls.Call(l.p.TransactionID); isLive {
		l.orphan = time.Time{}
	} else if l.orphan.IsZero() {
		l.orphan = now
	}
}

// expired says whether a pipeline has reached one of its limits.
func (l *live) expired(status timbre.PipelineStatus, lastMedia int64, now time.Time) bool {
	switch {
	case now.Sub(l.began) >= timbre.PipelineLife:
		return true
	case status == timbre.PipelinePaused && now.Sub(l.paused) >= timbre.PipelinePause:
		return true
	case status == timbre.PipelineInProgress && now.Sub(l.silentSince(lastMedia)) >= timbre.PipelineSilence:
		return true
	}
	return !l.orphan.IsZero() && now.Sub(l.orphan) >= timbre.PipelineSilence
}

// silentSince is the time of the last media, or the beginning of the wait for it.
func (l *live) silentSince(lastMedia int64) time.Time {
	if lastMedia == 0 {
		return l.waiting
	}
	return time.Unix(0, lastMedia)
}

// Close stops the live pipelines with their tasks. Create fails from then on. What cannot be saved is left to Recover.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	var failed []error
	for _, l := range e.all() {
		l.mu.Lock()
		if !l.over {
			failed = append(failed, l.end(ctx, ""))
		}
		l.mu.Unlock()
	}
	return errors.Join(failed...)
}
