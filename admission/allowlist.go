package admission

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"timbre"
)

// allowList holds the allowed hosts of all connectors. It is read from the directory at the first request after a change.
type allowList struct {
	dir     Directory
	version atomic.Uint64 // counts changes

	mu    sync.Mutex
	read  uint64 // the version that hosts was read at
	hosts *hosts // nil: not read yet
}

// hosts is one reading of the allowed hosts. It is immutable.
type hosts struct {
	networks map[netip.Prefix][]string // ids of connectors
	lengths  [2][129]bool              // of the prefixes among them, of IPv4 and of IPv6
	provable bool                      // a connector that is not disabled has credentials
}

// changed notes a change of a connector. All connectors are read again, whichever one it was.
func (l *allowList) changed(string) { l.version.Add(1) }

// current returns the allowed hosts as of now.
func (l *allowList) current(ctx context.Context) (*hosts, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	version := l.version.Load() // before reading: a change in between is read next time
	if l.hosts != nil && l.read == version {
		return l.hosts, nil
	}
	h, err := readHosts(ctx, l.dir)
	if err != nil {
		return nil, err
	}
	l.hosts, l.read = h, version
	return h, nil
}

func readHosts(ctx context.Context, dir Directory) (*hosts, error) {
	all, err := dir.ListConnectors(ctx, timbre.Page{})
	if err != nil {
		return nil, err
	}
	h := &hosts{networks: map[netip.Prefix][]string{}}
	for _, c := range all {
		if err := h.add(ctx, dir, c.ID); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// add reads one connector.
func (h *hosts) add(ctx context.Context, dir Directory, connectorID string) error {
	t, err := dir.Termination(ctx, connectorID)
	if err != nil {
		if timbre.KindOf(err) == timbre.NotFound || errors.Is(err, timbre.ErrDamaged) { // nobody may call this one
			return nil
		}
		return err
	}
	for _, host := range t.CIDRs {
		if n, ok := timbre.AllowedNetwork(host); ok {
			h.networks[n] = append(h.networks[n], connectorID)
			h.lengths[family(n.Addr())][n.Bits()] = true
		}
	}
	names, err := dir.Usernames(ctx, connectorID)
	if err != nil {
		return err
	}
	h.provable = h.provable || len(names) > 0 && !t.Disabled
	return nil
}

func family(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

// connectors returns the ids of the connectors whose allowed hosts contain a source, each once.
func (h *hosts) connectors(from netip.Addr) (ids []string) {
	h.match(from, func(of []string) bool {
		for _, id := range of {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		return true
	})
	return ids
}

// contains reports whether any connector's allowed hosts contain a source.
func (h *hosts) contains(from netip.Addr) (found bool) {
	h.match(from, func([]string) bool { found = true; return false })
	return found
}

// match calls more with the connectors of each network that contains a source, until more returns false. It costs one
// look-up for each prefix length in use, however many networks there are.
func (h *hosts) match(from netip.Addr, more func(connectorIDs []string) bool) {
	from = timbre.PlainAddr(from)
	if !from.IsValid() {
		return
	}
	for bits, used := range h.lengths[family(from)][:from.BitLen()+1] {
		if !used {
			continue
		}
		n, err := from.Prefix(bits)
		if err != nil {
			continue
		}
		if of := h.networks[n]; len(of) > 0 && !more(of) {
			return
		}
	}
}
