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
	live    map[*call][]*dialog.Dialog // that are found
}

func newRegistry() *registry { return &registry{live: map[*call][]*dialog.Dialog{}} }

// begin adds a call.
func (r *registry) begin(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live[c] = nil
}

// put adds a side, unless its call is over.
func (r *registry) put(s *side) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if dialogs, live := r.live[s.call]; live {
		r.dialogs.Put(s.Dialog, s)
		r.live[s.call] = append(dialogs, s.Dialog)
	}
}

// find returns the side that sent a request.
func (r *registry) find(req *gosip.Request) (*side, bool) { return r.dialogs.Find(req) }

// remove takes a call out. False: it is out already.
func (r *registry) remove(c *call) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	dialogs, live := r.live[c]
	delete(r.live, c)
	for _, d := range dialogs {
		r.dialogs.Remove(d)
	}
	return live
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
