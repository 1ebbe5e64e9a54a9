package speech

import "sync"

// queue holds the frames that a worker has yet to hear. It takes the memory of those that wait, mostly of one, and not of all that may.
type queue struct {
	ready chan struct{} // holds a value while there is something to take

	mu     sync.Mutex
	frames []heard // the first of them first
	ended  bool
}

func newQueue() *queue { return &queue{ready: make(chan struct{}, 1)} }

// put adds a frame. False: as many wait as may.
func (q *queue) put(f heard) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.frames) == backlog {
		return false
	}
	q.frames = append(q.frames, f)
	q.signal()
	return true
}

// end ends the queue after the frames in it.
func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.signal()
}

// take removes the first frame, once ready has given a value. False: the queue has ended, as it will have whenever it is asked again.
func (q *queue) take() (f heard, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if ok = len(q.frames) > 0; ok {
		f, q.frames[0] = q.frames[0], heard{}
		q.frames = q.frames[1:]
	}
	if len(q.frames) > 0 || q.ended {
		q.signal()
	}
	return f, ok
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.frames)
}

// signal makes ready give a value. The caller holds mu.
func (q *queue) signal() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}
