package trunk

import (
	"sync"

	gosip "github.com/emiago/sipgo/sip"
)

// table finds the side of a call that a request comes from.
type table struct {
	mu   sync.Mutex
	byID map[string]*side // Call-ID, our tag, theirs
	live map[*call]bool
}

func newTable() *table { return &table{byID: map[string]*side{}, live: map[*call]bool{}} }

// begin makes a call known.
func (t *table) begin(c *call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.live[c] = true
}

// put makes a side known, unless its call is over.
func (t *table) put(s *side) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live[s.call] {
		t.byID[s.id()] = s
	}
}

// find is the side that sent a request; nil without.
func (t *table) find(req *gosip.Request) *side {
	id, err := gosip.DialogIDFromRequestUAS(req)
	if err != nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byID[id]
}

// remove takes a call out; false: somebody has already.
func (t *table) remove(c *call) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.live[c] {
		return false
	}
	delete(t.live, c)
	for id, s := range t.byID {
		if s.call == c {
			delete(t.byID, id)
		}
	}
	return true
}

func (t *table) calls() []*call {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]*call, 0, len(t.live))
	for c := range t.live {
		all = append(all, c)
	}
	return all
}

func (t *table) size() float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return float64(len(t.live))
}
