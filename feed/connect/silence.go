package connect

import (
	"sync"
	"time"

	"timbre/environment"
)

// silence ends responses that bring nothing. It counts only while something could come, from one response to the next. It is safe for
// concurrent use.
type silence struct {
	env environment.Environment

	mu    sync.Mutex
	limit time.Duration
	over  func()      // ends the response
	timer *time.Timer // nil: nothing was read yet
	until time.Time   // by the steady clock; zero: it does not count
}

// listen counts, unless it counts already, and calls over once nothing has come for the limit.
func (s *silence) listen(over func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = over
	if s.until.IsZero() {
		s.until = s.env.Steady().Add(s.limit)
	}
	s.set()
}

// restart counts from now on, to a limit of its own.
func (s *silence) restart(limit time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = s.env.Steady().Add(limit)
	s.set()
}

// excuse does not count a time in which nothing could come.
func (s *silence) excuse(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.until.IsZero() {
		s.until = s.until.Add(d)
		s.set()
	}
}

// pause counts no more.
func (s *silence) pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = time.Time{}
	if s.timer != nil {
		s.timer.Stop()
	}
}

// shorten sets the limit, from now on.
func (s *silence) shorten(limit time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
	if !s.until.IsZero() {
		s.until = s.env.Steady().Add(limit)
		s.set()
	}
}

// patience is the limit.
func (s *silence) patience() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit
}

// set sets the timer. The caller holds mu.
func (s *silence) set() {
	left := s.until.Sub(s.env.Steady())
	if s.timer == nil {
		s.timer = time.AfterFunc(left, s.look)
		return
	}
	s.timer.Reset(left)
}

// look is called when the timer fires, which may have been set again meanwhile.
func (s *silence) look() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.until.IsZero() && !s.env.Steady().Before(s.until) && s.over != nil {
		s.over()
	}
}
