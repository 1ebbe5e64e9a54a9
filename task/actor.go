package task

import (
	"context"
	"sync/atomic"
	"time"

	"timbre"
)

// actor runs one task: it alone holds its state. Inputs come in by the inbox, from ears, from its worker and from the
// engine; each goes through step; what that tells is written down with the state that it tells of, in one transaction,
// before anything else happens to the task; then the effects follow.
type actor struct {
	e     *Engine
	id    string
	call  string // its transaction id
	inbox *box[input]
	desk  *box[work] // what the worker has before it
	done  chan struct{}

	backlog backlog
	full    atomic.Bool // the backlog has run over

	now, kept state // as it is, and as it is written down
	untold    []timbre.Event
	dirty     bool // now is not written down
	retry     *time.Timer
	pause     time.Duration // before the next try

	hush     []func()
	pcm      []int16  // heard so far, of a speaker search
	tracks   []Track  // of the legs, of a voice tone analysis; the worker's alone once it runs
	troubles troubles // that may pass
}

// Between two tries to write down a task.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

func newActor(e *Engine, s state) *actor {
	a := &actor{
		e: e, id: s.record().ID, call: s.record().TransactionID, inbox: newBox[input](), desk: newBox[work](), done: make(chan struct{}),
		now: s, kept: s, retry: time.NewTimer(0), pause: firstPause,
	}
	a.retry.Stop()
	started := s.record()
	a.troubles.tell = func(why string) { e.Trouble(started, why) }
	return a
}

// run is the actor's goroutine. It returns when the task is over and written down, or when ctx ends, whatever is missing.
func (a *actor) run(ctx context.Context) {
	working, cancel := context.WithCancel(ctx)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		a.work(working)
	}()
	defer func() {
		a.quiet()
		cancel()
		<-finished
		a.troubles.end()
	}()
	for a.now.record().Active || a.dirty {
		select {
		case <-a.inbox.ready:
			a.takeAll(ctx)
		case <-a.retry.C:
			a.save(ctx)
		case <-ctx.Done():
			a.takeAll(ctx)
			return
		}
	}
}

func (a *actor) takeAll(ctx context.Context) {
	for _, in := range a.inbox.take() {
		a.take(ctx, in)
	}
}

func (a *actor) take(ctx context.Context, in input) {
	before := a.now.record()
	next, events, effects := a.now.step(in, a.e.Now())
	a.now = next
	after := next.record()
	if after.Status != before.Status || after.Active != before.Active || after.Side != before.Side || len(events) > 0 {
		a.dirty = true
		a.untold = append(a.untold, events...)
		a.save(ctx)
	}
	keeps := false
	for _, e := range effects {
		_, is := e.(hear)
		keeps = keeps || is
		a.do(e)
	}
	if h, is := in.(heard); is && !keeps {
		a.backlog.done(h.speech)
	}
}

// save writes down the task with what it has to tell. When it cannot, it is tried again: nobody is told before.
func (a *actor) save(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	err := a.write(ctx)
	if err != nil && timbre.KindOf(err) == timbre.NotFound && a.now.record().Voiceprint != nil {
		a.forsake()
		err = a.write(ctx)
	}
	if err == nil {
		a.kept, a.untold, a.dirty, a.pause = a.now, nil, false, firstPause
		a.retry.Stop()
		return
	}
	a.e.metrics.unsaved.Inc()
	a.e.Log.Error("a task could not be written down, and will be tried again", "task", a.id, "error", err)
	a.retry.Reset(a.pause)
	a.pause = min(2*a.pause, lastPause)
}

func (a *actor) write(ctx context.Context) error {
	notices, err := a.e.Announcer.Notices(ctx, a.untold...)
	if err != nil {
		return timbre.Errorf(timbre.Internal, "task.write", "the events have no words: %w", err)
	}
	return a.e.Store.SaveTask(ctx, a.now.record(), notices)
}

// forsake goes back to what is written down, and on from there without the voiceprint: the domain that it was for has been
// deleted, with the key that would have sealed it.
func (a *actor) forsake() {
	next, events, _ := a.kept.step(lost{reason(timbre.Errorf(timbre.NotFound, "", ""))}, a.e.Now())
	a.now, a.untold = next, events
}

// listen hears a leg of the call, which the task knows by a number of its own.
func (a *actor) listen(ctx context.Context, ofCall, leg int) {
	stop, err := a.e.Ears.Listen(context.WithoutCancel(ctx), a.call, ofCall, ear{a, leg})
	if err != nil { // the call ended a moment ago
		a.inbox.put(hungUp{leg})
		return
	}
	a.hush = append(a.hush, stop)
}

// quiet stops listening.
func (a *actor) quiet() {
	for _, stop := range a.hush {
		stop()
	}
	a.hush = nil
}
