package source

import (
	"net/netip"
	"time"
)

// The limits of open connections: each costs memory before its peer has sent anything.
const (
	maxKnown            = 4000 // of all known sources
	maxKnownPerSource   = 2000
	maxUnknown          = 256 // of all unknown sources, where descriptors allow it: see Config
	maxUnknownPerSource = 10
	// patience is how long a connection of an unknown source has its place for sure: time for a handshake, a challenge and its answer.
	patience = 2 * time.Second
)

// places are the open connections. Those of unknown sources are few, and whoever has many networks and hosts could take them all: so the
// one of least use makes room for a new one. That is the oldest of the host with the most places in the network with the most places.
// One that is of use does not wait: its source proves a password within a second, and is known then.
type places struct {
	open          map[*connection]struct{}
	hosts, owners map[netip.Prefix]int // connections of unknown sources
	known         map[netip.Prefix]int // connections of known sources, by host
	unknown       int                  // connections of unknown sources
	maxUnknown    int
}

func newPlaces(most int) places {
	if most <= 0 || most > maxUnknown {
		most = maxUnknown
	}
	return places{
		open: map[*connection]struct{}{}, hosts: map[netip.Prefix]int{}, owners: map[netip.Prefix]int{}, known: map[netip.Prefix]int{},
		maxUnknown: most,
	}
}

// count is how many connections of known, or of unknown, sources are open.
func (p *places) count(known bool) int {
	if known {
		return len(p.open) - p.unknown
	}
	return p.unknown
}

// find finds a place for a new connection: a free one, or that of a connection that has to make room. A reason says that there is none.
func (p *places) find(in *connection) (displaced *connection, reason string) {
	switch {
	case in.known && p.known[in.host] >= maxKnownPerSource:
		return nil, "source"
	case in.known && p.count(true) >= maxKnown:
		return nil, "all"
	case in.known:
		return nil, ""
	case p.hosts[in.host] >= maxUnknownPerSource:
		reason = "source"
	case p.unknown >= p.maxUnknown:
		reason = "all"
	default:
		return nil, ""
	}
	if displaced = p.leastUse(in, reason == "source"); displaced != nil {
		return displaced, ""
	}
	return nil, reason
}

// leastUse is the connection, of the same host or of any, that makes room for a new one; nil: none does.
func (p *places) leastUse(in *connection, ofHost bool) (least *connection) {
	for c := range p.open {
		if c.known || ofHost && c.host != in.host || !p.yields(c, in) {
			continue
		}
		if least == nil || p.lessUse(c, least) {
			least = c
		}
	}
	return least
}

// yields reports whether a connection makes room for a new one: its network or host has more places than that of the new one will have, or
// it has had its time.
func (p *places) yields(c, in *connection) bool {
	return p.owners[c.owner] > p.owners[in.owner]+1 ||
		c.owner == in.owner && p.hosts[c.host] > p.hosts[in.host]+1 ||
		in.since.Sub(c.since) >= patience
}

// lessUse reports whether a connection is of less use than another one.
func (p *places) lessUse(a, b *connection) bool {
	if x, y := p.owners[a.owner], p.owners[b.owner]; x != y {
		return x > y
	}
	if x, y := p.hosts[a.host], p.hosts[b.host]; x != y {
		return x > y
	}
	return a.since.Before(b.since)
}

// take gives a connection a place.
func (p *places) take(c *connection) {
	p.open[c] = struct{}{}
	p.add(c, 1)
}

// leave takes a connection off. One that has left already stays off.
func (p *places) leave(c *connection) {
	if _, open := p.open[c]; open {
		delete(p.open, c)
		p.add(c, -1)
	}
}

// prove makes the connections of a host those of a known source.
func (p *places) prove(host netip.Prefix) {
	if p.hosts[host] == 0 {
		return
	}
	for c := range p.open {
		if c.host == host && !c.known {
			p.add(c, -1)
			c.known = true
			p.add(c, 1)
		}
	}
}

// add counts a connection, or takes it off the counts.
func (p *places) add(c *connection, n int) {
	if c.known {
		addTo(p.known, c.host, n)
		return
	}
	p.unknown += n
	addTo(p.hosts, c.host, n)
	addTo(p.owners, c.owner, n)
}

func addTo(counts map[netip.Prefix]int, key netip.Prefix, n int) {
	if counts[key] += n; counts[key] == 0 {
		delete(counts, key)
	}
}
