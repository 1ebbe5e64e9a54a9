package sip

import (
	"sync"
	"time"
)

// rate holds connectors to their calls a second (CpsLimit): so many at once, and then one whenever its share of a second
// has gone by.
type rate struct {
	now  func() time.Time
	mu   sync.Mutex
	busy map[string]time.Time // until when the calls that came take up the connector's time
}

// allow says whether one more call may come now, and counts it. Limit 0 is none.
func (r *rate) allow(connector string, limit int) bool {
	if limit <= 0 {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now, share := r.now(), time.Second/time.Duration(limit)
	busy := r.busy[connector]
	if busy.Before(now) {
		busy = now
	}
	if busy.Sub(now) > time.Duration(limit-1)*share {
		return false
	}
	r.busy[connector] = busy.Add(share)
	return true
}

// Allow counts a call that came to a connector by another way than SIP, or says that it may not come now: both share the
// connector's calls a second.
func (s *Server) Allow(connector string, limit int) bool { return s.rate.allow(connector, limit) }
