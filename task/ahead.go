package task

import (
	"context"
	"sync/atomic"

	"timbre"
)

// A name takes the embeddings of all its audio, and of every segment of it. The segments are embedded as the audio comes, when nothing is due
// before, so that at the tenth second little is left to do, and nothing is embedded again for the voiceprint.

// embedded are the segments of the audio of one subscription. They belong to the worker.
type embedded struct {
	subscription int
	segments     timbre.Segments
}

// of returns the segments of a subscription. Those of an earlier one are of another party.
func (e *embedded) of(subscription int) *timbre.Segments {
	if e.subscription != subscription {
		e.segments.Erase()
		e.subscription = subscription
	}
	return &e.segments
}

// ahead is the embedding of segments before a result needs them.
type ahead struct {
	stop context.CancelFunc // nil: there was none yet
	busy atomic.Bool        // one is under way: what comes meanwhile is embedded with the next
}

// embedAhead embeds the segments of the audio so far, until a result is to be embedded. While it waits for a thread it keeps its place, so that
// its age tells that there are too few.
func (a *actor) embedAhead(subscription int) {
	if a.ahead.busy.Swap(true) {
		return
	}
	wanted := dated{ofSegments, a.delays.newest}
	ctx, stop := context.WithCancel(wanted.context(context.Background()))
	a.ahead.stop = stop
	pcm := a.buffered()
	a.jobs.put(func(working context.Context) input {
		defer a.ahead.busy.Store(false)
		defer context.AfterFunc(working, stop)()
		if ctx.Err() == nil {
			_ = a.engine.deps.Embedder.AddSegments(ctx, pcm, a.embedded.of(subscription)) // the result says what is wrong with them
		}
		return nil
	})
}

// stopAhead lets a result go first.
func (a *actor) stopAhead() {
	if a.ahead.stop != nil {
		a.ahead.stop()
	}
}

// segments ends the embedding ahead, and gives the worker what has been embedded.
func (a *actor) segments() func() *timbre.Segments {
	a.stopAhead()
	s, _ := a.current.(searchState)
	return func() *timbre.Segments { return a.embedded.of(s.subscription) }
}
