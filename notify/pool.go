package notify

// pool bounds the attempts that are on their way to all targets together, and so memory and connections. Its limit for one target
// is a quarter of what is free, whatever the others do: a few targets that hang cannot take all, and many of them leave a share to
// one that works. (Dynamic thresholds, as switches share a buffer among ports.)
type pool struct {
	size   int
	used   int
	doubts int  // of used: to targets that have not proved that they work
	freed  bool // since all that wait for room were looked at
}

// admits says whether a target that has inFlight attempts may begin one more. Targets that have not proved that they work share three
// quarters of the pool. More than one attempt for each there is only in the first quarter: after a start nothing is proved, and hundreds that
// hang must leave one for each of the others to prove itself.
func (p *pool) admits(inFlight int, doubtful bool) bool {
	free, share := p.size-p.used, p.size*3/4
	if inFlight > 0 {
		share = p.size / 4
	}
	if doubtful && p.doubts >= max(1, share) {
		return false
	}
	return free > 0 && inFlight < max(1, free/4)
}

func (p *pool) begin(doubtful bool) {
	p.used++
	if doubtful {
		p.doubts++
	}
}

func (p *pool) end(doubtful bool) {
	p.used--
	p.freed = true
	if doubtful {
		p.doubts--
	}
}
