package trunk

import (
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
)

// table holds the calls that are live, and finds the side of a call that a request comes from.
type table struct {
	dialogs dialog.Table[*side]
	mu      sync.Mutex
	live    map[*call]bool
}

func newTable() *table { return &table{live: map[*call]bool{}} }

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
		t.dialogs.Put(s.Dialog, s)
	}
}

// find is the side that sent a request.
func (t *table) find(req *gosip.Request) (*side, bool) { return t.dialogs.Find(req) }

// remove takes a call out; false: somebody has already.
func (t *table) remove(c *call) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.live[c] {
		return false
	}
	delete(t.live, c)
	for i := range c.sides {
		if s := c.sides[i].Load(); s != nil {
			t.dialogs.Remove(s.Dialog)
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
