package summary_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/summary"
)

// world is what a Poster sees: a store, an announcer and a wall clock that can be set. The store survives a run of the Poster.
type world struct {
	t       *testing.T
	mu      sync.Mutex
	set     time.Duration // how far the wall clock was set
	results map[string]timbre.CallResults
	ended   map[string]time.Time
	fail    error
	posted  []string // the transaction of each event
	events  []timbre.Event
	poster  *summary.Poster
	stop    func()
}

// inWorld runs a test in a synctest bubble, with a running Poster.
func inWorld(t *testing.T, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, results: map[string]timbre.CallResults{}, ended: map[string]time.Time{}}
		w.start()
		test(w)
		w.stop()
	})
}

func (w *world) start() {
	w.poster = summary.New(environment.Environment{Now: w.now}, summary.Deps{Store: w, Announcer: w})
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.poster.Run(ctx) }()
	w.stop = func() { cancel(); <-done }
	synctest.Wait()
}

// now is the wall clock. It has no monotonic reading, so that what is measured by it shows.
func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.set).Round(0)
}

func (w *world) jump(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.set += d
}

// end ends a call on which a search was started.
func (w *world) end(txid string) {
	c := timbre.Call{TransactionID: txid, Legs: []timbre.Leg{{Side: timbre.Caller}}, Ended: w.now()}
	w.save(c, timbre.Task{ID: "search " + txid, Kind: timbre.SpeakerSearch, Side: timbre.Caller})
	w.poster.Ended(c, nil)
}

func (w *world) save(c timbre.Call, tasks ...timbre.Task) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.results[c.TransactionID] = timbre.CallResults{Call: c, Tasks: tasks}
	if !c.Ended.IsZero() {
		w.ended[c.TransactionID] = c.Ended
	}
}

func (w *world) enrol(txid string, enrolments []timbre.Enrolment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.results[txid]
	r.Enrolments = enrolments
	w.results[txid] = r
}

func (w *world) failWith(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fail = err
}

// wantPosted waits and checks whose summaries have been posted so far.
func (w *world) wantPosted(wait time.Duration, want ...string) {
	w.t.Helper()
	<-time.After(wait)
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if got := fmt.Sprint(w.posted); got != fmt.Sprint(want) {
		w.t.Errorf("got summaries of %s, want of %s", got, fmt.Sprint(want))
	}
}

func (w *world) PendingSummaries(context.Context) (map[string]time.Time, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	pending := map[string]time.Time{}
	for txid, ended := range w.ended {
		pending[txid] = ended
	}
	return pending, w.fail
}

func (w *world) CallResults(_ context.Context, txid string) (timbre.CallResults, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, ok := w.results[txid]
	if !ok {
		return r, timbre.Errorf(timbre.NotFound, "", "no summary")
	}
	return r, w.fail
}

func (w *world) PostSummary(_ context.Context, txid string, notices []timbre.Notice) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		return w.fail
	}
	delete(w.results, txid)
	delete(w.ended, txid)
	for _, n := range notices {
		w.posted = append(w.posted, n.Key)
	}
	return nil
}

func (w *world) Notices(_ context.Context, events ...timbre.Event) (notices []timbre.Notice, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, events...)
	for _, e := range events {
		notices = append(notices, timbre.Notice{ID: e.ID, Key: e.Call.TransactionID})
	}
	return notices, nil
}
