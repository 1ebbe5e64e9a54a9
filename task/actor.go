package task

import (
	"context"
	"sync/atomic"
	"time"

	"timbre"
	"timbre/environment"
)

// actor runs one task and alone holds its state. Inputs arrive in the inbox from the legs, the worker and the engine; each
// is one step of the state machine. The new state is saved in one transaction with the events that report it, and then the
// effects run.
type actor struct {
	engine        *Engine
	id            string
	kind          timbre.TaskKind
	began         time.Time
	transactionID string
	inbox         *mailbox[input]
	jobs          *mailbox[job] // of the worker
	done          chan struct{} // closed when the task is over and saved, or the engine has given up on it

	backlog    backlog
	overflowed atomic.Bool // the backlog

	current, saved state
	unsent         []timbre.Event  // of the steps since saved
	rendered       []timbre.Notice // of the events before them that are not saved either
	dirty          bool            // current is not saved
	retry          *time.Timer
	backoff        time.Duration      // before the next attempt to save
	outage         environment.Outage // of saving

	unsubscribe []func()
	pcm         []int16 // buffered audio of a speaker search
	tracks      []Track // of the legs of a voice tone analysis; used by the worker alone once it runs
	degradation degradation
	delays      delays
	embedded    embedded // used by the worker alone while it runs
	ahead       ahead
}

// The wait between two attempts to save a task.
const (
	minBackoff = 100 * time.Millisecond
	maxBackoff = 5 * time.Second
)

func newActor(e *Engine, s state) *actor {
	started := s.record()
	a := &actor{
		engine: e, id: started.ID, kind: started.Kind, began: time.Now(), transactionID: started.TransactionID,
		inbox: newMailbox[input](), jobs: newMailbox[job](), done: make(chan struct{}),
		current: s, saved: s, retry: time.NewTimer(0), backoff: minBackoff,
	}
	a.retry.Stop()
	a.degradation.report = func(reason string) { e.raiseDegraded(started, reason) }
	return a
}

// run is the actor's goroutine, and waits for the worker's. It returns when the task is over and saved, or when ctx ends.
func (a *actor) run(ctx context.Context) {
	working, cancel := context.WithCancel(ctx)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		a.work(working)
	}()
	defer func() {
		a.unsubscribeAll()
		a.stopAhead()
		cancel()
		<-finished
		a.erase()
		a.degradation.end()
	}()
	for a.current.record().Active || a.dirty {
		select {
		case <-a.inbox.ready:
			a.handleAll(ctx)
		case <-a.retry.C:
			a.save(ctx)
		case <-ctx.Done():
			a.handleAll(ctx)
			return
		}
	}
}

func (a *actor) handleAll(ctx context.Context) {
	for _, in := range a.inbox.take() {
		a.handle(ctx, in)
	}
}

func (a *actor) handle(ctx context.Context, in input) {
	before := a.current.record()
	if s, is := in.(speechReceived); is {
		a.delays.hear(s.speech)
	}
	next, events, effects := a.current.step(in, a.engine.env.Now())
	a.current = next
	a.eraseUnused(in)
	a.delays.finish(in, len(events) > 0)
	a.engine.metrics.quality.count(in, next, events)
	if len(events) > 0 || durableChange(before, next.record()) {
		a.dirty = true
		a.unsent = append(a.unsent, events...)
		a.save(ctx)
	}
	buffered := false
	for _, e := range effects {
		_, is := e.(bufferSpeech)
		buffered = buffered || is
		e.run(a)
	}
	if s, is := in.(speechReceived); is && !buffered {
		a.backlog.remove(s.speech)
	}
}

// erase overwrites the voiceprint and the segments of a task that is over.
func (a *actor) erase() {
	a.current.record().Voiceprint.Erase()
	a.embedded.segments.Erase()
	for _, in := range a.inbox.take() {
		a.eraseUnused(in)
	}
}

// eraseUnused overwrites a voiceprint that has come too late for the task.
func (a *actor) eraseUnused(in input) {
	if made, is := in.(voiceprintMade); is && a.current.record().Voiceprint == nil {
		made.print.Erase()
	}
}

// durableChange says whether a step without events must be saved all the same.
func durableChange(before, after timbre.Task) bool {
	return after.Status != before.Status || after.Active != before.Active || after.Side != before.Side
}

// receive subscribes to a leg of the call, by its index there, under a subscription number.
func (a *actor) receive(ctx context.Context, leg, subscription int) {
	stop, err := a.engine.deps.Speech.Listen(context.WithoutCancel(ctx), a.transactionID, leg, sink{a, subscription, leg, a.engine.meter(a.transactionID, leg)})
	if err != nil { // the call has just ended
		a.inbox.put(legEnded{subscription: subscription})
		return
	}
	a.unsubscribe = append(a.unsubscribe, stop)
}

func (a *actor) unsubscribeAll() {
	for _, stop := range a.unsubscribe {
		stop()
	}
	a.unsubscribe = nil
}
