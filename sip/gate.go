package sip

import "sync"

// gate counts what is under way, and lets nothing in once it is shut.
type gate struct {
	mu    sync.Mutex
	n     int
	shut  bool
	empty chan struct{} // closed when the gate is shut and the last one has left
}

func newGate() *gate { return &gate{empty: make(chan struct{})} }

// enter says whether one more may start; it must leave then.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return false
	}
	g.n++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.n--; g.n == 0 && g.shut {
		close(g.empty)
	}
}

// close shuts the gate and waits until all have left.
func (g *gate) close() {
	g.mu.Lock()
	if !g.shut {
		if g.shut = true; g.n == 0 {
			close(g.empty)
		}
	}
	g.mu.Unlock()
	<-g.empty
}
