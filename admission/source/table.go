package source

import (
	"container/list"
	"net/netip"
	"time"

	"timbre"
)

// source is the state of one source: an IPv4 address, or an IPv6 network of 64 bits, all of which belongs to one host.
type source struct {
	network   netip.Prefix
	messages  bucket // of an unknown source
	uninvited bucket // of a datagram's source that cannot prove a password
	trials    bucket // of a banned source
	invites   bucket
	refusals  bucket
	expected  int       // messages that are read because it was asked for them
	failures  int       // the ban score
	since     time.Time // of the first failure
	banned    time.Time // until then
	proven    time.Time // known until then, whatever the allowed hosts say
}

// table holds sources, the most recently used first. It evicts the least recently used one when it is full.
type table struct {
	by   map[netip.Prefix]*list.Element
	used *list.List // of *source
}

func newTable() table { return table{map[netip.Prefix]*list.Element{}, list.New()} }

// peek returns the state of a source, or nil.
func (t *table) peek(a netip.Addr) *source {
	if e := t.by[timbre.HostNetwork(a)]; e != nil {
		return e.Value.(*source)
	}
	return nil
}

// get returns the state of a source, which it makes if there is none.
func (t *table) get(a netip.Addr) *source {
	key := timbre.HostNetwork(a)
	if e := t.by[key]; e != nil {
		t.used.MoveToFront(e)
		return e.Value.(*source)
	}
	if len(t.by) >= maxSources {
		oldest := t.used.Back()
		delete(t.by, oldest.Value.(*source).network)
		t.used.Remove(oldest)
	}
	s := &source{network: key}
	t.by[key] = t.used.PushFront(s)
	return s
}
