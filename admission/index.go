package admission

import (
	"iter"
	"maps"
	"net/netip"
	"slices"

	"timbre"
)

// index is which connectors have a network, or a name, in common.
type index[K comparable] map[K]map[string]struct{}

func (x index[K]) set(k K, connectorID string, has bool) {
	switch of := x[k]; {
	case has && of == nil:
		x[k] = map[string]struct{}{connectorID: {}}
	case has:
		of[connectorID] = struct{}{}
	default:
		if delete(of, connectorID); len(of) == 0 {
			delete(x, k)
		}
	}
}

// allowing are the ids of the connectors whose allowed hosts contain a source. A connector may come several times. It costs one look-up
// for each prefix length in use, however many networks there are. The caller holds mu.
func (l *allowList) allowing(from netip.Addr) iter.Seq[string] {
	return func(yield func(string) bool) {
		from = timbre.PlainAddr(from)
		if !from.IsValid() {
			return
		}
		for bits, used := range l.lengths[family(from)][:from.BitLen()+1] {
			if used == 0 {
				continue
			}
			n, err := from.Prefix(bits)
			if err != nil {
				continue
			}
			for id := range l.networks[n] {
				if !yield(id) {
					return
				}
			}
		}
	}
}

// contains reports whether any connector's allowed hosts contain a source, and whether it could prove a password if not. Of a list that
// has not been loaded neither is known: a password may be asked for, as far as strangers are read at all.
func (l *allowList) contains(from netip.Addr) (known, provable bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	l.allowing(from)(func(string) bool { known = true; return false })
	return known, l.provable > 0 || !l.loaded
}

// connectors returns the ids of the connectors whose allowed hosts contain a source and that are wanted, each once, and at most so many.
func (l *allowList) connectors(from netip.Addr, atMost int, wanted func(*entry) bool) (ids []string, loaded bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	found := map[string]struct{}{}
	for id := range l.allowing(from) {
		if wanted(l.entries[id]) {
			found[id] = struct{}{}
		}
		if len(found) == atMost {
			break
		}
	}
	return slices.Sorted(maps.Keys(found)), l.loaded
}

// having returns the ids of the connectors that have a credential of a name; none if there are more than so many.
func (l *allowList) having(user string, atMost int) (ids []string) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if of := l.users[user]; len(of) <= atMost {
		for id := range of {
			ids = append(ids, id)
		}
	}
	return ids
}
