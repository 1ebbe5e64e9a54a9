package door

import "slices"

// judge says why a connection may not come in, or which other one has to make room for it. The caller holds mu.
func (d *Door) judge(in *Conn) (victim *Conn, reason string) {
	if d.cfg.PerSource > 0 && d.hosts[in.from.host] >= d.cfg.PerSource {
		victim = d.leastUseful(in, func(c *Conn) bool { return c.from.host == in.from.host })
		reason = "source"
	} else if d.cfg.Connections > 0 && len(d.waiting) >= d.cfg.Connections {
		victim = d.leastUseful(in, func(*Conn) bool { return true })
		reason = "all"
	}
	switch {
	case victim != nil:
		return victim, ""
	case reason != "":
		return nil, reason
	case !d.descriptors.Reserve(1, d.floor()):
		return nil, "descriptors"
	}
	return nil, ""
}

// floor is what has to be left for others if one more connection comes in. The caller holds mu.
func (d *Door) floor() Floor {
	if len(d.waiting) < d.cfg.Share {
		return ForOwn
	}
	return d.cfg.Leave
}

// leastUseful is the connection that makes room for a new one: of those that wait, one of the network with the most places, without
// proof before with proof, the one that has waited longest. nil: all are of more use than the new one. The caller holds mu.
func (d *Door) leastUseful(in *Conn, among func(*Conn) bool) *Conn {
	var list []*Conn
	for c := range d.waiting {
		if c.idle && among(c) && d.yields(c, in) {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return slices.MinFunc(list, func(a, b *Conn) int {
		switch {
		case d.nets[a.from.wide] != d.nets[b.from.wide]:
			return d.nets[b.from.wide] - d.nets[a.from.wide]
		case a.proven != b.proven && b.proven:
			return -1
		case a.proven != b.proven:
			return 1
		}
		return a.since.Compare(b.since)
	})
}

// yields reports whether a connection that waits gives its place to a new one: its network has more places than that of the new one, or
// it has had time to be of use. The caller holds mu.
func (d *Door) yields(c, in *Conn) bool {
	if d.nets[c.from.wide] > d.nets[in.from.wide]+1 {
		return true
	}
	return in.since.Sub(c.since) >= patience
}
