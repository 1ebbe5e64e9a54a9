package infer

import (
	"context"
	"sync"
	"time"

	"timbre"
)

// mostInBatch bounds a run, so that the windows that come during one do not wait for long.
const mostInBatch = 64

// Batch runs a recurrent model for many legs at once: the windows that come within a time of each other are one run. Their scores and
// states are, bit for bit, those of runs of their own, and cost less. It is safe for concurrent use.
type Batch struct {
	model  *Model
	gather time.Duration
	wake   chan struct{} // something waits
	hurry  chan struct{} // as much as a run takes waits, or a window that is late

	closing chan struct{} // closed by close
	ended   chan struct{} // closed when the last run has ended

	mu      sync.Mutex
	waiting []*step
	closed  bool
}

// step is the next window of one leg.
type step struct {
	window, state []float32
	leave         func() time.Duration // the line of the model
	score         float32
	err           error
	done          chan struct{}
}

// Batch returns a batch of a model of the short queue. gather is how long a window waits for others: 0 where there is one leg, or where the
// audio is not live. Closing the Runtime closes it.
func (r *Runtime) Batch(m *Model, gather time.Duration) *Batch {
	b := &Batch{model: m, gather: gather, wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), closing: make(chan struct{}), ended: make(chan struct{})}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.batches = append(r.batches, b)
	go b.run()
	return b
}

// Step is Model.Step, with others. A window whose due time has passed waits for none.
func (b *Batch) Step(ctx context.Context, window, state []float32) (score float32, err error) {
	s := &step{window: window, state: state, done: make(chan struct{})}
	if err := b.join(ctx, s); err != nil {
		return 0, err
	}
	select {
	case <-s.done:
	case <-ctx.Done():
		if b.giveUp(s) {
			b.model.metrics.failures.Inc()
			return 0, b.model.noThread(ctx)
		}
		<-s.done // it runs already
	}
	return s.score, s.err
}

func (b *Batch) join(ctx context.Context, s *step) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return b.model.errorf("the runtime is closed")
	}
	s.leave = b.model.line.join(ctx)
	b.waiting = append(b.waiting, s)
	notify(b.wake)
	if due, known := timbre.DueTime(ctx); known && time.Now().After(due) || len(b.waiting) >= mostInBatch {
		notify(b.hurry)
	}
	return nil
}

func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// giveUp takes a step out that still waits.
func (b *Batch) giveUp(s *step) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, w := range b.waiting {
		if w == s {
			b.waiting = append(b.waiting[:i], b.waiting[i+1:]...)
			s.leave()
			return true
		}
	}
	return false
}

// run starts runs until Close, each on a thread of the queue.
func (b *Batch) run() {
	defer close(b.ended)
	var running sync.WaitGroup
	defer running.Wait()
	for range b.wake {
		b.pause()
		for b.waits() {
			_ = b.model.queue.enter(context.Background()) // which never ends
			some := b.take()                              // what has come while it waited for the thread, too
			running.Go(func() {
				defer b.model.queue.leave()
				b.model.steps(some)
			})
		}
	}
}

// pause waits for others to come.
func (b *Batch) pause() {
	if b.gather <= 0 {
		return
	}
	timer := time.NewTimer(b.gather)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-b.hurry:
	case <-b.closing:
	}
}

func (b *Batch) waits() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting) > 0
}

// take removes the oldest that wait.
func (b *Batch) take() []*step {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(len(b.waiting), mostInBatch)
	some := append([]*step{}, b.waiting[:n]...)
	b.waiting = append(b.waiting[:0], b.waiting[n:]...)
	for _, s := range some {
		b.model.metrics.wait.Observe(s.leave().Seconds())
	}
	return some
}

// close completes what waits, and ends the runs. Later steps fail.
func (b *Batch) close() {
	b.mu.Lock()
	b.closed = true
	close(b.closing)
	close(b.wake)
	b.mu.Unlock()
	<-b.ended
}

// steps runs the windows of many legs, those of one length at once, and tells each its result.
func (m *Model) steps(some []*step) {
	for len(some) > 0 {
		var alike, others []*step
		for _, s := range some {
			if s.isAlike(some[0]) {
				alike = append(alike, s)
			} else {
				others = append(others, s)
			}
		}
		err := m.stepAll(alike)
		for _, s := range alike {
			s.err = err
			close(s.done)
		}
		some = others
	}
}

func (s *step) isAlike(o *step) bool {
	return len(s.window) == len(o.window) && len(s.state) == len(o.state)
}

// stepAll runs windows of one length.
func (m *Model) stepAll(some []*step) error {
	n, half := len(some), len(some[0].state)/2
	windows, states := make([]float32, 0, n*len(some[0].window)), make([]float32, 2*n*half)
	for i, s := range some {
		windows = append(windows, s.window...)
		for layer := range 2 { // [2, n, half]
			copy(states[(layer*n+i)*half:], s.state[layer*half:][:half])
		}
	}
	out, err := m.timed(m.stepInputs(1, n, windows, states)...)
	if err != nil {
		return err
	}
	if len(out) != 2 || len(out[0]) != n || len(out[1]) != len(states) {
		return m.errorf("got other outputs than %d scores and the next states", n)
	}
	m.metrics.windows.Add(float64(n))
	m.pace.hear(len(windows))
	for i, s := range some {
		s.score = out[0][i]
		for layer := range 2 {
			copy(s.state[layer*half:][:half], out[1][(layer*n+i)*half:])
		}
	}
	return nil
}

// Pace is that of its model.
func (b *Batch) Pace() float64 { return b.model.Pace() }
