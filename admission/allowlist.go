package admission

import (
	"net/netip"
	"sync"

	"timbre"
)

// allowList is what every door asks: who may use which connector. It is kept up to date one connector at a time, when one
// changes and not when a door asks, so that what a message costs does not grow with the number of connectors. It is safe for concurrent use.
type allowList struct {
	mu       sync.RWMutex
	loaded   bool // else nothing is known of any connector
	entries  map[string]*entry
	networks index[netip.Prefix] // the allowed hosts of connectors
	lengths  [2][129]int         // how many networks of IPv4 and of IPv6 have prefixes of this length
	users    index[string]       // the names of their credentials
	provable int                 // connectors that are not disabled and have credentials
	unread   int                 // entries that are not as the store has them, or that it cannot read
}

// entry is one connector. It is immutable.
type entry struct {
	connector   timbre.Connector
	termination *timbre.Termination // nil: it has none, so it takes no calls
	users       []string            // names of its credentials
	err         error               // why it could not be read again; the rest is what was read last
	known       bool                // it could be read once
}

func newAllowList() *allowList {
	return &allowList{entries: map[string]*entry{}, networks: index[netip.Prefix]{}, users: index[string]{}}
}

// get returns a connector; nil without. False: the list has not been loaded.
func (l *allowList) get(connectorID string) (e *entry, loaded bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.entries[connectorID], l.loaded
}

// put replaces a connector; nil removes it.
func (l *allowList) put(connectorID string, e *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.replace(connectorID, e)
}

// reset replaces all connectors.
func (l *allowList) reset(all map[string]*entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.entries {
		if all[id] == nil {
			l.replace(id, nil)
		}
	}
	for id, e := range all {
		l.replace(id, e)
	}
	l.loaded = true
}

// replace is put. The caller holds mu.
func (l *allowList) replace(connectorID string, e *entry) {
	if before := l.entries[connectorID]; before != nil {
		l.count(connectorID, before, -1)
		delete(l.entries, connectorID)
	}
	if e != nil {
		l.count(connectorID, e, +1)
		l.entries[connectorID] = e
	}
}

// count adds a connector to what is looked up, or takes it out. The caller holds mu.
func (l *allowList) count(connectorID string, e *entry, by int) {
	for n := range e.networks() {
		l.networks.set(n, connectorID, by > 0)
		l.lengths[family(n.Addr())][n.Bits()] += by
	}
	for _, name := range e.users {
		l.users.set(name, connectorID, by > 0)
	}
	if e.provable() {
		l.provable += by
	}
	if e.err != nil {
		l.unread += by
	}
}

// networks are the allowed hosts of a connector, each once.
func (e *entry) networks() map[netip.Prefix]struct{} {
	all := map[netip.Prefix]struct{}{}
	if e.termination == nil {
		return all
	}
	for _, host := range e.termination.CIDRs {
		if n, ok := timbre.AllowedNetwork(host); ok {
			all[n] = struct{}{}
		}
	}
	return all
}

// provable reports whether a source may prove a password to use the connector.
func (e *entry) provable() bool {
	return len(e.users) > 0 && e.termination != nil && !e.termination.Disabled
}

func family(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}
