package sentry

import (
	"container/list"
	"net/netip"
	"time"
)

// source is what is remembered of one: of an IPv4 address, or of a network of 64 bits of IPv6, which one host has for itself.
type source struct {
	network     netip.Prefix
	words       bucket // of a stranger
	invites     bucket
	refusals    bucket
	failures    int
	since       time.Time // of the first of them
	banned      time.Time // until then
	proven      time.Time // known until then, whatever the allowed hosts say
	told        time.Time // when its messages were last said to be dropped
	connections int
}

// table holds sources, the one heard of last first. The one heard of least is forgotten when there are too many.
type table struct {
	by   map[netip.Prefix]*list.Element
	last *list.List // of *source
}

func newTable() table { return table{map[netip.Prefix]*list.Element{}, list.New()} }

// network is what a source counts as.
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil { // no address
		return netip.Prefix{}
	}
	return p
}

// look is what is remembered of a source; nil: nothing.
func (t *table) look(a netip.Addr) *source {
	if e := t.by[network(a)]; e != nil {
		return e.Value.(*source)
	}
	return nil
}

// of is what is remembered of a source, from now on at least.
func (t *table) of(a netip.Addr) *source {
	key := network(a)
	if e := t.by[key]; e != nil {
		t.last.MoveToFront(e)
		return e.Value.(*source)
	}
	if len(t.by) >= maxSources {
		oldest := t.last.Back()
		delete(t.by, oldest.Value.(*source).network)
		t.last.Remove(oldest)
	}
	s := &source{network: key}
	t.by[key] = t.last.PushFront(s)
	return s
}
