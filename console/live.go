package console

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"timbre"
)

const (
	listed  = 200                    // live calls of a message
	fresh   = 500 * time.Millisecond // for which a snapshot serves all who look
	covered = 2                      // steps of level that a message covers
)

// snapshot is what those who look at the list of live calls share, so that ten cost as much as one.
type snapshot struct {
	mu    sync.Mutex
	taken time.Time
	calls []timbre.Call  // the newest first, as many as are listed
	live  map[string]int // index in calls of all, by transaction id
	total int
	texts [2][]byte // JSON without and with telephone numbers, once somebody asks for it
}

// callsOf is a message of live calls.
type callsOf struct {
	Total int   `json:"total"`
	Calls []any `json:"calls"`
}

// look takes a snapshot unless there is a fresh one. The caller holds mu.
func (s *snapshot) look(c *Console) {
	now := c.env.Steady()
	if !s.taken.IsZero() && now.Sub(s.taken) < fresh {
		return
	}
	calls := c.deps.Calls.Live()
	slices.Reverse(calls)
	s.taken, s.calls, s.total, s.texts = now, calls, len(calls), [2][]byte{}
	s.live = make(map[string]int, len(calls))
	for i, call := range calls {
		s.live[call.TransactionID] = i
	}
}

// listOf returns the JSON of the live calls that are listed, and the calls.
func (s *snapshot) listOf(c *Console, numbers bool) ([]byte, []timbre.Call, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.look(c)
	calls := s.calls[:min(len(s.calls), listed)]
	i := 0
	if numbers {
		i = 1
	}
	if s.texts[i] == nil {
		m := callsOf{s.total, make([]any, 0, len(calls))}
		for _, call := range calls {
			m.Calls = append(m.Calls, c.deps.Show(call, numbers))
		}
		text, err := json.Marshal(m)
		if err != nil {
			return nil, nil, err
		}
		s.texts[i] = text
	}
	return s.texts[i], calls, nil
}

// of returns a live call, with its warnings; false: it is not live.
func (s *snapshot) of(c *Console, transactionID string) (timbre.Call, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.look(c)
	i, live := s.live[transactionID]
	if !live {
		return timbre.Call{}, false
	}
	return s.calls[i], true
}

// watchCalls streams the live calls and their levels.
func (c *Console) watchCalls(w http.ResponseWriter, r *http.Request, v visitor) {
	shown, ok := numbers(w, r, v)
	if !ok {
		return
	}
	eyes := &eyes{meters: c.meters, on: map[legOf]*meter{}}
	defer eyes.close()
	c.stream(w, r, v, func(s *stream, step int) bool {
		if step%perSecond == 0 {
			text, calls, err := c.snapshot.listOf(c, shown)
			if err != nil {
				c.env.Log.Error("the console cannot show the live calls", "error", err)
				return false
			}
			s.write("calls", text)
			eyes.turn(calls)
		}
		if all := eyes.loudest(); len(all) > 0 {
			s.send("levels", all)
		}
		return true
	})
}

// eyes are the meters that one who looks at the list reads.
type eyes struct {
	meters *meters
	calls  []timbre.Call
	on     map[legOf]*meter
}

// turn looks at the legs of calls, and no longer at others.
func (e *eyes) turn(calls []timbre.Call) {
	e.calls = calls
	wanted := map[legOf]bool{}
	for _, call := range calls {
		for i := range call.Legs {
			key := legOf{call.TransactionID, i}
			wanted[key] = true
			if e.on[key] != nil {
				continue
			}
			if m := e.meters.look(key); m != nil {
				e.on[key] = m
			}
		}
	}
	for key, m := range e.on {
		if !wanted[key] {
			delete(e.on, key)
			e.meters.release(m)
		}
	}
}

// loudest has the level of each leg, by transaction id.
func (e *eyes) loudest() map[string][]int {
	all := make(map[string][]int, len(e.calls))
	for _, call := range e.calls {
		legs := make([]int, len(call.Legs))
		for i := range legs {
			legs[i] = silence
			if m := e.on[legOf{call.TransactionID, i}]; m != nil {
				legs[i] = int(m.loudest(covered))
			}
		}
		all[call.TransactionID] = legs
	}
	return all
}

func (e *eyes) close() { e.turn(nil) }
