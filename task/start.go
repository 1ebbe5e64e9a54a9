package task

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"timbre"
)

// Start starts a task on a live call. Of t, Kind, ConnectorID, TransactionID and Token are read, and for a speaker search
// DomainID and Side, where Mixed means that no leg was asked for; on a pipeline Source instead of ConnectorID and Side. When
// it returns, the task is written down, and hears every frame from then on, and none from before: the Fragment of its Source
// is the one that the stream had come to.
//
// NotFound: connector, domain or call is unknown. Gone: the call has ended. Unprocessable: the connector has no voice
// analytics, or the call has no such leg. Invalid: the stream has no such fragment yet. Limit: a task of the kind is active on the call. A token that has been used
// gives the task that was started with it, if all parameters are the same, else Conflict.
func (e *Engine) Start(ctx context.Context, t timbre.Task) (timbre.Task, error) {
	if !e.enter() {
		return timbre.Task{}, timbre.Errorf(timbre.Unavailable, "task.Start", "the server is shutting down")
	}
	t.Fingerprint = fingerprint(t)
	if first, used, err := e.startedWith(ctx, t); used || err != nil {
		e.wg.Done()
		return first, err
	}
	call, leg, err := e.check(ctx, t)
	if err != nil {
		e.wg.Done()
		return timbre.Task{}, err
	}
	shift := 0 // from the legs that the task knows to those of the call
	if t.Source != nil {
		t.Source = e.fromNow(t, leg)
		shift, leg = leg, 0
	}
	t.ID, t.Status, t.Active = e.NewID(), timbre.InQueue, true
	t.Created = e.Now()
	t.Updated = t.Created
	s := begin(t, call, leg)
	t = s.record()
	if err := e.Store.CreateTask(ctx, t); err != nil {
		e.wg.Done()
		if kind := timbre.KindOf(err); kind == timbre.Limit || kind == timbre.Conflict { // a twin may have been quicker
			if first, used, again := e.startedWith(ctx, t); used || again != nil {
				return first, again
			}
		}
		return timbre.Task{}, err
	}
	e.launch(ctx, s, t, shift)
	return t, nil
}

// begin is where a task stands before anything has happened to it. Its Side has been what was asked for, and is now what it
// gets.
func begin(t timbre.Task, c timbre.Call, leg int) state {
	if t.Kind == timbre.SpeakerSearch {
		s := search{Task: t, call: c, leg: leg, asked: t.Side, party: c.Legs[leg].Party, ear: leg, phase: queued}
		s.Side = c.Legs[leg].Side
		return s
	}
	t.Side = timbre.Mixed
	return tone{Task: t, call: c, phase: queued, tick: Tick, legs: make([]toneLeg, len(c.Legs))}
}

// launch sets an actor to work. It takes over the place in the wait group that enter gave.
func (e *Engine) launch(ctx context.Context, s state, t timbre.Task, shift int) {
	a := newActor(e, s)
	legs := []int{}
	switch s := s.(type) {
	case search:
		legs = append(legs, s.leg)
	case tone:
		for i := range s.legs {
			legs = append(legs, i)
			a.tracks = append(a.tracks, e.NewTrack())
		}
	}
	for _, leg := range legs {
		a.listen(ctx, shift+leg, leg)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		a.inbox.put(lost{shutdown})
	}
	e.running[a.id] = a
	e.metrics.active.WithLabelValues(t.Kind.String()).Inc()
	if c, live := e.Calls.Call(t.TransactionID); live { // it may have changed since it was looked at
		a.inbox.put(joined{c})
	}
	go e.run(a)
}

// Changed tells the tasks of a call that it has got another leg, or that it is known better whose its legs are.
func (e *Engine) Changed(transactionID string) {
	c, live := e.Calls.Call(transactionID)
	if !live {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.running {
		if a.call == transactionID {
			a.inbox.put(joined{c})
		}
	}
}

func (e *Engine) run(a *actor) {
	defer e.wg.Done()
	a.run(e.ctx)
	t := a.now.record()
	e.metrics.active.WithLabelValues(t.Kind.String()).Dec()
	e.metrics.ended.WithLabelValues(t.Kind.String(), string(t.Status)).Inc()
	e.mu.Lock()
	delete(e.running, a.id)
	e.mu.Unlock()
	close(a.done)
}

// enter holds Close up until the matching wg.Done, unless the engine is closed.
func (e *Engine) enter() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.wg.Add(1)
	return true
}

// startedWith is the task that t's token has started, if any.
func (e *Engine) startedWith(ctx context.Context, t timbre.Task) (first timbre.Task, used bool, err error) {
	if t.Token == "" {
		return first, false, nil
	}
	switch first, err = e.Store.TaskByToken(ctx, t.Kind, t.Token); {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return timbre.Task{}, false, nil
	case err != nil:
		return timbre.Task{}, false, err
	case first.Fingerprint != t.Fingerprint:
		return timbre.Task{}, true, timbre.Errorf(timbre.Conflict, "task.Start", "the ClientRequestToken has been used with other parameters")
	}
	return first, true, nil
}

// fingerprint is a digest of the parameters of a start, as they were given.
func fingerprint(t timbre.Task) string {
	parameters := []any{t.Kind, t.ConnectorID, t.TransactionID, t.DomainID, t.Side}
	if t.Source != nil {
		parameters = append(parameters, t.Source)
	}
	given, _ := json.Marshal(parameters)
	sum := sha256.Sum256(given)
	return hex.EncodeToString(sum[:])
}
