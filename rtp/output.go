package rtp

import (
	"sync/atomic"
	"time"

	"timbre"
)

const (
	// backlog is how many frames wait for a slow listener: two seconds. Further ones are dropped.
	backlog = 100
	// drainTimeout is how long a closing stream waits for its listener to take what is queued.
	drainTimeout = time.Second
)

// output delivers the frames of a stream: to its listener or, once the stream is relayed, to a queue.
type output struct {
	to    timbre.Listener
	queue atomic.Pointer[queue]
}

func (l *output) Frame(f timbre.Frame) {
	if q := l.queue.Load(); q != nil {
		q.put(f)
		return
	}
	l.to.Frame(f)
}

// queue delivers frames on a goroutine of its own, so that a slow listener does not delay the relay.
type queue struct {
	frames  chan queuedFrame
	done    chan struct{}
	dropped atomic.Uint64
}

// queuedFrame is a frame with its own copy of the samples.
type queuedFrame struct {
	at    time.Duration
	keyed bool
	n     int
	pcm   [timbre.FrameSamples]int16
}

func newQueue(to timbre.Listener) *queue {
	q := &queue{frames: make(chan queuedFrame, backlog), done: make(chan struct{})}
	go func() {
		defer close(q.done)
		for f := range q.frames {
			to.Frame(timbre.Frame{At: f.at, PCM: f.pcm[:f.n], Keyed: f.keyed})
		}
	}()
	return q
}

// put queues a frame, or drops it when the queue is full.
func (q *queue) put(f timbre.Frame) {
	w := queuedFrame{at: f.At, keyed: f.Keyed}
	w.n = copy(w.pcm[:], f.PCM)
	select {
	case q.frames <- w:
	default:
		q.dropped.Add(1)
	}
}

// close waits until the listener has taken all. False: it is stuck.
func (q *queue) close() bool {
	close(q.frames)
	timeout := time.NewTimer(drainTimeout)
	defer timeout.Stop()
	select {
	case <-q.done:
		return true
	case <-timeout.C:
		return false
	}
}

// queueOutput makes the listener run on a goroutine of its own from now on.
func (s *Stream) queueOutput() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.output.queue.Load() == nil && !s.closing {
		s.output.queue.Store(newQueue(s.output.to))
	}
}

// closeOutput ends the queue, if there is one. Nothing more is received by then.
func (s *Stream) closeOutput() {
	q := s.output.queue.Load()
	if q == nil {
		return
	}
	drained := q.close()
	if dropped := q.dropped.Load(); dropped > 0 || !drained {
		s.pool.metrics.listenerDropped.Add(float64(dropped))
		s.pool.env.Repeats.Count(s.pool.env.Log, "", "listener too slow", "port", s.port, "frames_dropped", dropped, "stuck", !drained)
	}
}
