// Package door is the admission in front of every port that takes connections: SIP over TCP and TLS, the feed, the API and the
// admin port. In come listeners; out go listeners whose connections are bounded, of one source and in all, metrics, and a log
// line for the first of many refusals. Behind the doors of HTTP, reading, writing and idling have deadlines.
//
// All doors and the sockets of media share the descriptors of the process. What a call needs is served first: see Descriptors.
// The package parses nothing, and it does not know who may do what.
package door

import (
	"cmp"
	"net"
	"net/netip"
	"sync"
	"time"

	"timbre/environment"
)

// Config of a Door.
type Config struct {
	Name        string // label of the metrics
	Connections int    // at once, in all; 0: no limit but that of one source
	PerSource   int    // at once of one source: an IPv4 address or an IPv6 network of 64 bits; 0: no limit
	Part        int    // part of all descriptors that its connections take at most, as a divisor; 0: no such limit
	Share       int    // connections that the door has whatever calls need
	Leave       Floor  // what its other connections leave; 0: ForOwn
}

// patience is how long a connection that has proven nothing keeps its place while others wait for one.
const patience = 3 * time.Second

// Door bounds the connections of a port, or of several of one kind. It is safe for concurrent use.
type Door struct {
	env         environment.Environment
	cfg         Config
	descriptors *Descriptors
	metrics     *Metrics

	mu      sync.Mutex
	waiting map[*Conn]struct{} // connections that carry no call
	hosts   map[netip.Prefix]int
	nets    map[netip.Prefix]int
}

// New makes a door. Doors of one server share their descriptors and a Metrics.
func New(env environment.Environment, cfg Config, deps Deps) *Door {
	cfg.Leave = cmp.Or(cfg.Leave, ForOwn)
	return &Door{
		env: env.Complete(), cfg: deps.Descriptors.fit(cfg), descriptors: deps.Descriptors, metrics: deps.Metrics,
		waiting: map[*Conn]struct{}{}, hosts: map[netip.Prefix]int{}, nets: map[netip.Prefix]int{},
	}
}

// Deps are what the doors of a server share.
type Deps struct {
	Descriptors *Descriptors
	Metrics     *Metrics
}

// admit takes a connection in, or says why not. A connection that waits may have to make room for it.
func (d *Door) admit(c net.Conn) (*Conn, string) {
	in := &Conn{Conn: c, door: d, from: sourceOf(c), since: d.env.Steady()}
	d.mu.Lock()
	defer d.mu.Unlock()
	victim, reason := d.judge(in)
	if reason != "" {
		return nil, reason
	}
	if victim != nil {
		d.forget(victim)
		_ = victim.Conn.Close()
		d.metrics.displaced.WithLabelValues(d.cfg.Name).Inc()
	}
	d.waiting[in] = struct{}{}
	d.hosts[in.from.host]++
	d.nets[in.from.wide]++
	d.metrics.open.WithLabelValues(d.cfg.Name).Inc()
	return in, ""
}

// forget takes a connection off the books. The caller holds mu.
func (d *Door) forget(c *Conn) {
	if _, there := d.waiting[c]; !there {
		return
	}
	delete(d.waiting, c)
	drop(d.hosts, c.from.host)
	drop(d.nets, c.from.wide)
	d.metrics.open.WithLabelValues(d.cfg.Name).Dec()
}

func drop(counts map[netip.Prefix]int, key netip.Prefix) {
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}
