package console

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"timbre"
	"timbre/environment"
)

// What the sessions of one access key may take, so that others have their share, and the calls most of the machine. A page at rest asks less
// than once a second.
const (
	costsASecond = 20  // of requests
	costsAtOnce  = 100 // after a while without any
	lookCosts    = 10  // a look at what is on the disk; another request costs 1
	streamsOfKey = 48  // open at once
	streamsOfOne = 16  // of a session
)

// shares are what keys and sessions have taken. They are safe for concurrent use.
type shares struct {
	env     environment.Environment
	mu      sync.Mutex
	costs   map[string]*rate.Limiter // by key id: no more than there have been keys
	streams map[string]int           // open, by key id and by session
}

func newShares(env environment.Environment) *shares {
	return &shares{env: env, costs: map[string]*rate.Limiter{}, streams: map[string]int{}}
}

// wait takes what a request of a key costs, and returns 0; or takes nothing, and returns how long the key has to wait.
func (s *shares) wait(keyID string, cost int) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.costs[keyID] == nil {
		s.costs[keyID] = rate.NewLimiter(costsASecond, costsAtOnce)
	}
	now := s.env.Steady()
	r := s.costs[keyID].ReserveN(now, cost)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// open takes the place of a stream in the shares of a session and its key, until release; false: one of them has as many as it may have.
func (s *shares) open(of *session) (release func(), ok bool) {
	key, one := "key "+of.key.ID, "session "+of.id
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams[key] >= streamsOfKey || s.streams[one] >= streamsOfOne {
		return nil, false
	}
	s.streams[key]++
	s.streams[one]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, of := range []string{key, one} {
			if s.streams[of]--; s.streams[of] == 0 {
				delete(s.streams, of)
			}
		}
	}, true
}

// costs lets a request pass whose key has a share left for it.
func (c *Console) costs(cost int, h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v visitor) {
		if wait := c.shares.wait(v.key.ID, cost); wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
			c.failed(w, r, timbre.Errorf(timbre.Throttled, "console", "the access key asks more often than it may: wait a moment"))
			return
		}
		h(w, r, v)
	}
}
