package task

import (
	"context"

	"timbre"
)

// Start starts a task on a live call. It reads Kind, ConnectorID, TransactionID and Token of t, and for a speaker search
// DomainID and Side, where Mixed means that the client named no leg; on a pipeline it reads Source instead of ConnectorID and
// Side. When Start returns, the task is saved and receives every frame from then on, and none from before: the Fragment of
// its Source is the current one of the stream.
//
// Throttled: the server is overloaded. NotFound: connector, domain or call is unknown. Gone: the call has ended. Unprocessable: the connector has no voice
// analytics, or the call has no such leg. Invalid: the stream has not reached the fragment. Limit: a task of the kind is
// active on the call. A token that was used before returns the task that was started with it if all parameters are equal,
// else Conflict.
func (e *Engine) Start(ctx context.Context, t timbre.Task) (timbre.Task, error) {
	if !e.acquire() {
		return timbre.Task{}, timbre.Errorf(timbre.Unavailable, "task.Start", "the server is shutting down")
	}
	defer e.wg.Done()
	t.Fingerprint = fingerprint(t)
	a, started, err := e.prepare(ctx, t)
	if err != nil { // one with a token that was used is refused, for that or for what has changed since
		if first, used, again := e.byToken(ctx, t); used || again != nil {
			return first, again
		}
		return timbre.Task{}, err
	}
	e.launch(a, started)
	e.raiseStarted(context.WithoutCancel(ctx), started)
	return started, nil
}

// prepare checks and saves a new task, and returns an actor that receives its audio.
func (e *Engine) prepare(ctx context.Context, t timbre.Task) (*actor, timbre.Task, error) {
	if timbre.Overloaded(e.deps.Load) {
		return nil, t, timbre.Errorf(timbre.Throttled, "task.Start", "the server is overloaded")
	}
	call, leg, err := e.check(ctx, t)
	if err != nil {
		return nil, t, err
	}
	return e.create(ctx, t, call, leg)
}

// create saves a new task on a leg of a call and returns an actor that receives its audio.
func (e *Engine) create(ctx context.Context, t timbre.Task, call timbre.Call, leg int) (*actor, timbre.Task, error) {
	first := 0 // the leg of the live call that is leg 0 of the task
	if t.Source != nil {
		t.Source = e.atCurrentFragment(t, leg)
		call, first, leg = onlyLeg(call, leg), leg, 0
	}
	t.ID, t.Status, t.Active = e.env.NewID(), timbre.InQueue, true
	t.Created = e.env.Now()
	t.Updated = t.Created
	s := newState(t, call, leg, e.patience())
	t = s.record()
	if err := e.interrupted.MakeRoom(ctx, timbre.Limit, func() error { return e.deps.Store.CreateTask(ctx, t) }); err != nil {
		return nil, t, err
	}
	a := newActor(e, s)
	if t.Kind == timbre.SpeakerSearch {
		a.receive(ctx, first+leg, leg)
		return a, t, nil
	}
	for i := range call.Legs {
		a.tracks = append(a.tracks, e.deps.NewTrack())
		a.receive(ctx, first+i, i)
	}
	return a, t, nil
}

// newState is the state of a task before its first input. Its Side was the requested one and becomes that of the leg.
func newState(t timbre.Task, c timbre.Call, leg int, p patience) state {
	if t.Kind == timbre.SpeakerSearch {
		return newSearch(t, c, leg, p)
	}
	return newTone(t, c)
}

func newTone(t timbre.Task, c timbre.Call) toneState {
	t.Side = timbre.Mixed
	return toneState{Task: t, call: c, phase: queued, tick: Tick, legs: make([]toneLeg, len(c.Legs))}
}

func (e *Engine) patience() patience { return patience{e.cfg.SearchWait, e.cfg.VoiceprintSpeech} }

// launch starts the goroutine of an actor.
func (e *Engine) launch(a *actor, t timbre.Task) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		a.inbox.put(aborted{shutdownMessage})
	}
	e.running[a.id] = a
	e.metrics.active.WithLabelValues(t.Kind.String()).Inc()
	if c, live := e.deps.Calls.Call(t.TransactionID); live { // it may have changed since it was checked
		a.inbox.put(callChanged{c})
	}
	e.wg.Go(func() { e.run(a) })
}

func (e *Engine) run(a *actor) {
	a.run(e.ctx)
	t := a.current.record()
	e.metrics.active.WithLabelValues(t.Kind.String()).Dec()
	e.metrics.ended.WithLabelValues(t.Kind.String(), string(t.Status)).Inc()
	e.mu.Lock()
	delete(e.running, a.id)
	e.mu.Unlock()
	close(a.done)
}

// acquire makes Close wait for the matching wg.Done; false if the engine is closed.
func (e *Engine) acquire() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.wg.Add(1)
	return true
}

// CallChanged informs the tasks of a live call that it has more legs, or that its metadata names the parties differently.
// It does not block.
func (e *Engine) CallChanged(c timbre.Call) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.running {
		if a.transactionID == c.TransactionID {
			a.inbox.put(callChanged{c})
		}
	}
}
