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
	Gates []string // names of the reasons for which audio is dropped, besides keys; nil: all
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
		frames: newQueue(), stopped: make(chan struct{}), closed: w.closed, to: to, metrics: w.metrics, since: time.Now(),
		log:    w.env.Log.With("transaction", transactionID, "leg", leg),
		others: &others{calls: w.calls, transactionID: transactionID, leg: leg, stops: map[int]func(){}},
	}
	k.detector = NewDetector(w.vad, func(s timbre.Speech) {
		w.metrics.count(s)
		if s.Voiced {
			k.spoken.Store(int64(time.Since(k.since)))
		}
		to.Speech(s)
	})
	call, _ := w.calls.Call(transactionID)
	k.detector.Gates = NewGates(Origin{w.heard, call, leg, w.cfg.Gates})
	w.mu.Lock()
	defer w.mu.Unlock()
	if timbre.IsClosed(w.closed) {
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

// Listening is how many legs are heard, once for each task that listens to one.
func (w *Workers) Listening() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.live)
}

// Talking is how many of them have spoken within a time, or could not yet for so long.
func (w *Workers) Talking(within time.Duration) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for k := range w.live {
		if time.Since(k.since)-time.Duration(k.spoken.Load()) < within {
			n++
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
