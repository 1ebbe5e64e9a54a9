package call

import "timbre"

// The methods of this file guard the table of calls.

func (r *Registry) find(txid string) *entry {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.calls[txid]
}

// insert adds a call; false if the registry is closed.
func (r *Registry) insert(e *entry) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.calls[e.call.TransactionID] = e
	return true
}

// set replaces the call of an entry. The caller holds changing.
func (r *Registry) set(e *entry, c timbre.Call, added ...*leg) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.call, e.legs = c, append(e.legs, added...)
}

// remove removes an entry. The caller holds its changing.
func (r *Registry) remove(e *entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.calls, e.call.TransactionID)
	e.removed = true
}
