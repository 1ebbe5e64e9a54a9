package trunk

import (
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
)

// registry holds the live calls, and finds the side of a call that a request comes from.
type registry struct {
	dialogs dialog.Table[*side]
	mu      sync.Mutex
	live    map[*call]bool
}

func newRegistry() *registry { return &registry{live: map[*call]bool{}} }

// begin adds a call.
func (r *registry) begin(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live[c] = true
}

// put adds a side, unless its call is over.
func (r *registry) put(s *side) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live[s.call] {
		r.dialogs.Put(s.Dialog, s)
	}
}

// find returns the side that sent a request.
func (r *registry) find(req *gosip.Request) (*side, bool) { return r.dialogs.Find(req) }

// remove takes a call out. False: it is out already.
func (r *registry) remove(c *call) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.live[c] {
		return false
	}
	delete(r.live, c)
	for i := range c.sides {
		if s := c.sides[i].Load(); s != nil {
			r.dialogs.Remove(s.Dialog)
		}
	}
	return true
}

func (r *registry) calls() []*call {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*call, 0, len(r.live))
	for c := range r.live {
		all = append(all, c)
	}
	return all
}

func (r *registry) size() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return float64(len(r.live))
}
