package speech

import (
	"context"
	"sync"
	"time"

	"timbre"
	"timbre/environment"
)

// Workers detect the speech of live legs: one goroutine for each that somebody listens to, however many do, so that inference never delays
// the packets of a call. It implements timbre.SpeechSource.
type Workers struct {
	env     environment.Environment
	cfg     Config
	vad     VAD
	calls   Calls
	metrics *metrics
	heard   *Recordings

	mu      sync.Mutex
	live    map[*worker]bool
	joined  map[legOf]*worker // by leg, those that may be joined
	closed  chan struct{}
	running sync.WaitGroup
}

// legOf is a leg of a call.
type legOf struct {
	transactionID string
	leg           int
}

// Calls are the live calls of this node.
type Calls interface {
	timbre.Tapper
	timbre.LiveCallReader
}

// Config of Workers.
type Config struct {
	Gates []string // names of the reasons for which audio is dropped, besides keys; nil: all
}

// NewWorkers makes the workers of a node.
func NewWorkers(env environment.Environment, cfg Config, v VAD, calls Calls) *Workers {
	env = env.Complete()
	w := &Workers{env: env, cfg: cfg, vad: v, calls: calls, heard: NewRecordings(), live: map[*worker]bool{}, joined: map[legOf]*worker{}, closed: make(chan struct{})}
	w.metrics = newMetrics(env.Metrics, w.lag)
	return w
}

// Listen implements timbre.SpeechSource. Unavailable: the workers are closed.
func (w *Workers) Listen(_ context.Context, transactionID string, leg int, to timbre.SpeechSink) (stop func(), err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if timbre.IsClosed(w.closed) {
		return nil, timbre.Errorf(timbre.Unavailable, "speech.Listen", "the VAD workers are closed")
	}
	of, l := legOf{transactionID, leg}, &subscriber{to: to, since: time.Now()}
	k := w.joined[of]
	if k == nil || !k.audience.join(l) {
		if k, err = w.begin(of, l); err != nil {
			return nil, err
		}
	}
	return sync.OnceFunc(func() {
		if k.audience.leave(l) {
			k.untap()
			close(k.stopped)
		}
	}), nil
}

// begin starts the worker of a leg, with its first subscriber. The caller holds mu.
func (w *Workers) begin(of legOf, first *subscriber) (*worker, error) {
	k := &worker{
		frames: newQueue(), stopped: make(chan struct{}), closed: w.closed, metrics: w.metrics, since: time.Now(),
		log:    w.env.Log.With("transaction", of.transactionID, "leg", of.leg),
		others: &others{calls: w.calls, transactionID: of.transactionID, leg: of.leg, stops: map[int]func(){}},
	}
	k.audience.join(first)
	k.detector = NewDetector(w.vad, k.pass)
	call, _ := w.calls.Call(of.transactionID)
	k.detector.Gates = NewGates(Origin{w.heard, call, of.leg, w.cfg.Gates})
	untap, err := w.calls.Tap(of.transactionID, of.leg, k)
	if err != nil {
		return nil, err
	}
	k.untap = untap
	k.others.attach()
	w.live[k], w.joined[of] = true, k
	w.running.Go(func() {
		k.run()
		w.forget(of, k)
	})
	return k, nil
}

func (w *Workers) forget(of legOf, k *worker) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.live, k)
	if w.joined[of] == k {
		delete(w.joined, of)
	}
}

// Listening is how many legs are heard.
func (w *Workers) Listening() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.live)
}

// Talking is how many subscribers there are to legs that have spoken within a time, or could not yet for so long.
func (w *Workers) Talking(within time.Duration) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for k := range w.live {
		for _, l := range k.audience.now() {
			if l.talks(within) {
				n++
			}
		}
	}
	return n
}

// lag is how many workers there are, and how much audio the one that is furthest behind has waiting.
func (w *Workers) lag() (workers int, most time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for k := range w.live {
		most = max(most, k.lag())
	}
	return len(w.live), most
}

// Oldest is for how long the oldest frame of all legs that is not heard has been due.
func (w *Workers) Oldest() (age time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for k := range w.live {
		age = max(age, k.age(now))
	}
	return age
}

// Close stops all workers and waits for them. Their sinks are not told the end.
func (w *Workers) Close() {
	w.mu.Lock()
	if !timbre.IsClosed(w.closed) {
		close(w.closed)
	}
	w.mu.Unlock()
	w.running.Wait()
}
