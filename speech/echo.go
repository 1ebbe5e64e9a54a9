package speech

import "timbre"

// echoGate drops the other party's voice where it comes back on this leg. While the other leg is loud and this one follows it, band
// by band and at one delay, it learns the delay and by how much the echo is weaker. From then on a window is echo if it is no
// louder than the echo that is due; louder ones, the party's own voice over it, pass. On a leg without echo nothing follows the
// other leg, so nothing is learned and nothing is dropped.
type echoGate struct {
	fars fars
	turn int // counts windows between measurements
}

const (
	lookahead = 3   // windows: the legs are compared as late as that, so that audio of the other leg that comes later is there
	every     = 4   // windows from one measurement to the next
	absent    = 1.4 // an echo that is due is louder than this times the leg's loudness: it is not there
	covers    = 1.3 // louder than this times the echo that is due is more than the echo
	silent    = 0.02
	decay     = 0.93 // of the peak of what was due, a window: 20 dB in 500 ms
	maxMiss   = 30   // windows
	clearly   = 2.0  // times the echo that is due is the party's own voice
	dip       = 8    // windows: a quiet moment within a voice is shorter
)

func (*echoGate) reason() timbre.Reason { return timbre.DropEcho }

func (g *echoGate) judge(held []*window) {
	end := len(held) - lookahead
	if end < 1 {
		return
	}
	g.turn++
	for _, f := range g.fars {
		if g.turn%every == 0 && end >= compared {
			if m, ok := f.measure(held[end-compared : end]); ok && f.path.learn(m) {
				for _, w := range held[:end-1] {
					f.judge(w)
				}
			}
		}
		f.judge(held[end-1])
	}
}

func (g *echoGate) restart() {
	for _, f := range g.fars {
		f.path.settle(timbre.DropNone)
	}
}

// judge drops a window that is echo, or so quiet a moment within one that nothing but the echo can have made it voiced. A short quiet
// moment between two of the party's own loud ones is not: the other leg may hold the echo of this one.
func (f *far) judge(w *window) {
	p := &f.path
	if !p.known {
		return
	}
	due, is := f.due(w.block()), w.loud[perWindow-1].mean()
	p.peak = max(due, p.peak*decay)
	if is > covers*due && (!p.within || is > p.peak) {
		p.own(is > clearly*due)
		return
	}
	if p.miss(due > silent && due > absent*is) {
		return
	}
	if p.within = w.voiced; !w.voiced {
		return
	}
	if p.between--; p.between > 0 {
		p.doubtful = append(p.doubtful, w)
		return
	}
	w.drop(timbre.DropEcho)
	p.settle(timbre.DropEcho)
}

// own notes a window that is more than the echo that is due.
func (p *path) own(loud bool) {
	p.within, p.missing = false, 0
	if p.settle(timbre.DropNone); loud {
		p.between = dip
	}
}

// settle decides on the windows in doubt.
func (p *path) settle(why timbre.Reason) {
	for _, w := range p.doubtful {
		if why != timbre.DropNone {
			w.drop(why)
		}
	}
	p.doubtful = p.doubtful[:0]
}

// miss counts the windows in which the echo should be heard and is not. True: there are so many that the path is forgotten.
func (p *path) miss(is bool) bool {
	if !is {
		p.missing = 0
	} else if p.missing++; p.missing > maxMiss {
		*p = path{}
		return true
	}
	return false
}

// due is how loud the echo is at a block. The room holds a voice for a while.
func (f *far) due(block int) (m float32) {
	for b, gain := range f.path.gain {
		var loud float32
		for k := -4; k <= 2; k++ {
			loud = max(loud, f.at(block - f.path.delay + k)[b])
		}
		m += gain * loud / bandCount
	}
	return m
}
