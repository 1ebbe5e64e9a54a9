package transport

import "sync"

// inFlight counts the work that is under way. Once closed it admits no more.
type inFlight struct {
	mu     sync.Mutex
	n      int
	closed bool
	idle   chan struct{} // closed when it is closed and n is 0
}

func newInFlight() *inFlight { return &inFlight{idle: make(chan struct{})} }

// enter reports whether more work may start; its end is reported by leave.
func (f *inFlight) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.n++
	return true
}

func (f *inFlight) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n--; f.n == 0 && f.closed {
		close(f.idle)
	}
}

func (f *inFlight) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}

// close admits no more work and waits for what is under way.
func (f *inFlight) close() {
	f.mu.Lock()
	if !f.closed {
		if f.closed = true; f.n == 0 {
			close(f.idle)
		}
	}
	f.mu.Unlock()
	<-f.idle
}
