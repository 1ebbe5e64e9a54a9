package pipeline

import (
	"maps"
	"slices"
)

// The methods of this file guard the table of live pipelines.

// add adds a live pipeline; false once the engine is closed.
func (e *Engine) add(l *live) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.live[l.id] = l
	if l.call != "" {
		e.ofCalls[l.call] = append(e.ofCalls[l.call], l)
	}
	return true
}

func (e *Engine) remove(l *live) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.live, l.id)
	rest := slices.DeleteFunc(slices.Clone(e.ofCalls[l.call]), func(o *live) bool { return o == l })
	if e.ofCalls[l.call] = rest; len(rest) == 0 {
		delete(e.ofCalls, l.call)
	}
}

// all returns the live pipelines at this moment.
func (e *Engine) all() []*live {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Collect(maps.Values(e.live))
}

// ofCall returns the live pipelines that connectors have created for a call. Those of other calls may be held by what is being saved of
// them, for which nobody has to wait.
func (e *Engine) ofCall(transactionID string) []*live {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ofCalls[transactionID]
}
