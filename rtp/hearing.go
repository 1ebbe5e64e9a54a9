package rtp

import (
	"sync/atomic"
	"time"

	"timbre"
)

const (
	// backlog is how many frames wait for a listener that is slow, two seconds of them; more are lost to it.
	backlog = 100
	// farewell is how long a stream that closes waits for its listener to hear what is waiting.
	farewell = time.Second
)

// listener is where the frames of a stream go: to the listener itself or, once the stream is relayed, to its queue.
type listener struct {
	to    timbre.Listener
	queue atomic.Pointer[queue]
}

func (l *listener) Frame(f timbre.Frame) {
	if q := l.queue.Load(); q != nil {
		q.put(f)
		return
	}
	l.to.Frame(f)
}

// queue gives frames to a listener on a goroutine of its own, so that it may be slow.
type queue struct {
	frames chan waiting
	done   chan struct{}
	missed atomic.Uint64
}

// waiting is a frame with samples of its own.
type waiting struct {
	at  time.Duration
	n   int
	pcm [timbre.FrameSamples]int16
}

func newQueue(to timbre.Listener) *queue {
	q := &queue{frames: make(chan waiting, backlog), done: make(chan struct{})}
	go func() {
		defer close(q.done)
		for f := range q.frames {
			to.Frame(timbre.Frame{At: f.at, PCM: f.pcm[:f.n]})
		}
	}()
	return q
}

// put adds a frame, or loses it when too many wait.
func (q *queue) put(f timbre.Frame) {
	w := waiting{at: f.At}
	w.n = copy(w.pcm[:], f.PCM)
	select {
	case q.frames <- w:
	default:
		q.missed.Add(1)
	}
}

// close waits until all has been heard, but not for a listener that is stuck: false.
func (q *queue) close() bool {
	close(q.frames)
	patience := time.NewTimer(farewell)
	defer patience.Stop()
	select {
	case <-q.done:
		return true
	case <-patience.C:
		return false
	}
}

// apart lets the listener hear on a goroutine of its own from now on.
func (s *Stream) apart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hearer.queue.Load() == nil && !s.closing {
		s.hearer.queue.Store(newQueue(s.hearer.to))
	}
}

// hush ends the queue, if there is one. Nothing puts frames into it any more.
func (s *Stream) hush() {
	q := s.hearer.queue.Load()
	if q == nil {
		return
	}
	heard := q.close()
	if missed := q.missed.Load(); missed > 0 || !heard {
		s.pool.metrics.unheard.Add(float64(missed))
		s.pool.log.Warn("a listener was too slow", "port", s.port, "frames missed", missed, "stuck", !heard)
	}
}
