// Package summary tells what voice analytics found on a call and what the client made of it: the event PostCallVoiceAnalytics, five
// minutes after the end of each call on which a task was started. Ended calls come in, and their results out of the store;
// notices go into the outbox, in one transaction with the mark that they are posted, so that each summary is posted once.
//
// Which summaries are pending is in the store, so a restart or a kill loses none. When one is due is measured by the monotonic clock
// since the end of the call. If the server was restarted in between, the wall clock says how long ago that was, but no call waits
// longer than timbre.SummaryDelay from the start on. So a wall clock that is set neither loses nor doubles a summary.
package summary

import (
	"context"
	"time"

	"timbre"
	"timbre/environment"
)

// The wait before what could not be posted is tried again.
const (
	minBackoff = 5 * time.Second
	maxBackoff = 5 * time.Minute
)

// Deps are the stages that a Poster uses.
type Deps struct {
	Store     timbre.Summaries
	Announcer timbre.Announcer
}

// Poster posts the summaries of calls. It is safe for concurrent use.
type Poster struct {
	env     environment.Environment
	deps    Deps
	metrics metrics
	waiting *queue
	wake    chan struct{} // there may be a new first in the queue
	caught  chan struct{} // closed once what was due at the start has been tried
	outage  environment.Outage
}

// New returns a Poster. Run starts it.
func New(env environment.Environment, deps Deps) *Poster {
	env = env.Complete()
	p := &Poster{env: env, deps: deps, waiting: newQueue(), wake: make(chan struct{}, 1), caught: make(chan struct{})}
	p.metrics = newMetrics(env.Metrics, p.waiting.len)
	return p
}

// Ended is an observer of calls.
func (p *Poster) Ended(c timbre.Call, _ []*timbre.Reception) {
	p.waiting.add(c.TransactionID, timbre.SummaryDelay, 0)
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Caught is closed once Run has tried to post what was due at its start. What erases results waits for it: if the wall clock was set far
// forth while the server was down, they seem to be out of date.
func (p *Poster) Caught() <-chan struct{} { return p.caught }

// Run posts what is due until ctx ends. It begins with what the previous run left. Call it once.
func (p *Poster) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	loaded := p.load(ctx)
	wait := p.postDue(ctx)
	close(p.caught)
	for ctx.Err() == nil {
		if !loaded {
			wait = min(wait, minBackoff)
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-p.wake:
		case <-timer.C:
		}
		loaded = loaded || p.load(ctx)
		wait = p.postDue(ctx)
	}
}

// load adds the calls that had ended before this run.
func (p *Poster) load(ctx context.Context) bool {
	pending, err := p.deps.Store.PendingSummaries(ctx)
	if err != nil {
		p.failed(ctx, "", err)
		return false
	}
	now := p.env.Now()
	for txid, ended := range pending {
		p.waiting.add(txid, min(max(0, timbre.SummaryDelay-now.Sub(ended)), timbre.SummaryDelay), 0)
	}
	return true
}

// postDue posts all that is due, and returns how long nothing else is.
func (p *Poster) postDue(ctx context.Context) time.Duration {
	for ctx.Err() == nil {
		w, due, wait := p.waiting.next()
		if !due {
			return wait
		}
		err := p.post(ctx, w.txid)
		if err == nil || timbre.KindOf(err) == timbre.NotFound { // no task was started on the call, or it has been sent
			p.outage.Over(p.env.Log, "summaries of calls are posted again")
			continue
		}
		p.failed(ctx, w.txid, err)
		p.waiting.add(w.txid, min(minBackoff<<min(w.tries, 10), maxBackoff), w.tries+1)
	}
	return 0
}

func (p *Poster) post(ctx context.Context, txid string) error {
	r, err := p.deps.Store.CallResults(ctx, txid)
	switch {
	case err != nil:
		return err
	case r.Call.Ended.IsZero():
		return timbre.Errorf(timbre.Unavailable, "summary.post", "the end of the call is not saved yet")
	}
	notices, err := p.deps.Announcer.Notices(ctx, p.events(r)...)
	if err != nil {
		return err
	}
	if err := p.deps.Store.PostSummary(ctx, txid, notices); err != nil {
		return err
	}
	p.metrics.posted.Inc()
	return nil
}

// failed counts a failure.
func (p *Poster) failed(ctx context.Context, txid string, err error) {
	if ctx.Err() != nil {
		return
	}
	p.metrics.failures.Inc()
	p.outage.Failed(p.env.Log, "posting the summary of a call fails, retrying", "transaction", txid, "error", err)
}
