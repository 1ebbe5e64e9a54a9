package speech

import (
	"context"
	"sync"
	"time"

	"timbre"
	"timbre/environment"
)

// Workers detect the speech of live legs: one goroutine for each that somebody listens to, so that inference never delays the
// packets of a call. It implements timbre.SpeechSource.
type Workers struct {
	env     environment.Environment
	cfg     Config
	vad     VAD
	calls   Calls
	metrics *metrics
	heard   *Recordings

	mu      sync.Mutex
	live    map[*worker]bool
	closed  chan struct{}
	running sync.WaitGroup
}

// Calls are the live calls of this node.
type Calls interface {
	timbre.Tapper
	timbre.LiveCallReader
}

// Config of Workers.
type Config struct {
	Gates []string // names of the reasons for which audio is dropped; nil: all
}

// NewWorkers makes the workers of a node.
func NewWorkers(env environment.Environment, cfg Config, v VAD, calls Calls) *Workers {
	env = env.Complete()
	w := &Workers{env: env, cfg: cfg, vad: v, calls: calls, heard: NewRecordings(), live: map[*worker]bool{}, closed: make(chan struct{})}
	w.metrics = newMetrics(env.Metrics, w.lag)
	return w
}

// Listen implements timbre.SpeechSource. Unavailable: the workers are closed.
func (w *Workers) Listen(_ context.Context, transactionID string, leg int, to timbre.SpeechSink) (stop func(), err error) {
	k := &worker{
		frames: make(chan heard, backlog), stopped: make(chan struct{}), closed: w.closed, to: to, metrics: w.metrics,
		log:    w.env.Log.With("transaction", transactionID, "leg", leg),
		others: &others{calls: w.calls, transactionID: transactionID, leg: leg, stops: map[int]func(){}},
	}
	k.detector = NewDetector(w.vad, func(s timbre.Speech) {
		w.metrics.count(s)
		to.Speech(s)
	})
	call, _ := w.calls.Call(transactionID)
	k.detector.Gates = NewGates(Origin{w.heard, call, leg, w.cfg.Gates})
	w.mu.Lock()
	defer w.mu.Unlock()
	if isClosed(w.closed) {
		return nil, timbre.Errorf(timbre.Unavailable, "speech.Listen", "the VAD workers are closed")
	}
	untap, err := w.calls.Tap(transactionID, leg, k)
	if err != nil {
		return nil, err
	}
	k.others.attach()
	w.live[k] = true
	w.running.Go(func() {
		k.run()
		w.forget(k)
	})
	var once sync.Once
	return func() {
		untap()
		once.Do(func() { close(k.stopped) })
	}, nil
}

func (w *Workers) forget(k *worker) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.live, k)
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

// Close stops all workers and waits for them. Their sinks are not told the end.
func (w *Workers) Close() {
	w.mu.Lock()
	if !isClosed(w.closed) {
		close(w.closed)
	}
	w.mu.Unlock()
	w.running.Wait()
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
