package sip

import (
	"context"
	"net/netip"
	"strings"
	"sync"

	"timbre"
)

// allowList is who may call whom: the allowed hosts of all connectors, read anew when they have changed.
type allowList struct {
	dir        Directory
	generation func() uint64 // nil: it is read anew each time

	mu   sync.Mutex
	at   uint64
	read *reading
}

// reading is what the connectors said.
type reading struct {
	nets     map[netip.Prefix][]string // ids of connectors
	bits     [2][129]bool              // lengths of the prefixes, of IPv4 and IPv6
	provable bool                      // some connector has credentials
}

// current is the list as it stands.
func (a *allowList) current(ctx context.Context) (*reading, error) {
	if a.generation == nil {
		return read(ctx, a.dir)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	at := a.generation() // before reading: what changes meanwhile is read again next time
	if a.read != nil && a.at == at {
		return a.read, nil
	}
	r, err := read(ctx, a.dir)
	if err != nil {
		return nil, err
	}
	a.read, a.at = r, at
	return r, nil
}

func read(ctx context.Context, dir Directory) (*reading, error) {
	all, err := dir.ListConnectors(ctx, timbre.Page{})
	if err != nil {
		return nil, err
	}
	r := &reading{nets: map[netip.Prefix][]string{}}
	for _, c := range all {
		t, err := dir.Termination(ctx, c.ID)
		if err != nil {
			if timbre.KindOf(err) == timbre.NotFound {
				continue
			}
			return nil, err
		}
		for _, host := range t.CIDRs {
			if n, ok := network(host); ok {
				r.nets[n] = append(r.nets[n], c.ID)
				r.bits[family(n.Addr())][n.Bits()] = true
			}
		}
		names, err := dir.Usernames(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		r.provable = r.provable || len(names) > 0 && !t.Disabled
	}
	return r, nil
}

// network is one of a termination's allowed hosts: a network, or a single address.
func network(host string) (netip.Prefix, bool) {
	host = strings.TrimSpace(host)
	if n, err := netip.ParsePrefix(host); err == nil {
		return n.Masked(), true
	}
	if one, err := netip.ParseAddr(host); err == nil {
		one = one.Unmap().WithZone("")
		return netip.PrefixFrom(one, one.BitLen()), true
	}
	return netip.Prefix{}, false
}

func family(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

// letting are the connectors whose allowed hosts hold a source, each once.
func (r *reading) letting(source netip.Addr) (found []string) {
	source = source.Unmap().WithZone("")
	seen := map[string]bool{}
	for bits, used := range r.bits[family(source)] {
		if !used || bits > source.BitLen() {
			continue
		}
		n, err := source.Prefix(bits)
		if err != nil {
			continue
		}
		for _, id := range r.nets[n] {
			if !seen[id] {
				seen[id] = true
				found = append(found, id)
			}
		}
	}
	return found
}
