package speech

// Delays of an echo in blocks. The least is below zero because legs are paired by the arrival of frames that wait for late ones.
const (
	minDelay = -12
	maxDelay = 72
	compared = 32 // windows of a measurement
)

// What a measurement says. Of stretches of 1.28 s in which both legs are loud by themselves, one in a hundred correlates above 0.67;
// with echo 20 dB below the voice, 99 in a hundred do above 0.82.
const (
	sureEcho   = 0.92 // of one measurement
	likelyEcho = 0.82 // of two that agree on the delay and have only half of their windows in common
	maxGain    = 0.71 // of the square root of the amplitude: -6 dB. What is louder is no echo
	activeFar  = 0.03 // of the mean loudness, for a measurement: about -50 dBFS
)

// path is how the other party's voice comes back on this leg.
type path struct {
	known  bool
	delay  int // in blocks
	gain   loudness
	likely int     // delay of the likely measurements so far
	agreed int     // how many have agreed on it one after the other
	peak   float32 // of what was due, falling
	within bool    // the last window was echo

	between  int       // windows since the party's own voice, counting down
	doubtful []*window // quiet ones since then
	missing  int       // windows in which the echo should have been heard and was not
}

// found is the best delay of a measurement.
type found struct {
	correlation float64
	delay       int
	gain        loudness
}

// measure compares windows of this leg with what was heard on the other one before. False: there was too little.
func (f *far) measure(windows []*window) (best found, ok bool) {
	var other [compared*perWindow + maxDelay - minDelay]loudness
	first := windows[0].block() - maxDelay
	active := 0
	for i := range other {
		other[i] = f.at(first + i)
		if f.activeAt(first + i) {
			active++
		}
	}
	if active < len(other)/3 {
		return best, false
	}
	own := newOwn(windows)
	var each [len(other)]level
	for i, l := range other {
		each[i] = newLevel(l)
	}
	best.correlation = -1
	for delay := minDelay; delay <= maxDelay; delay++ {
		if c := own.correlate(each[maxDelay-delay:]); c > best.correlation {
			best.correlation, best.delay = c, delay
		}
	}
	best.gain = ratio(windows, other[maxDelay-best.delay:])
	return best, true
}

// ratio is by how much each band of this leg is louder than the other leg.
func ratio(windows []*window, other []loudness) (gain loudness) {
	for b := range gain {
		var xx, xy float32
		for i, w := range windows {
			x := other[i*perWindow][b]
			xx += x * x
			xy += x * w.loud[perWindow-1][b]
		}
		gain[b] = xy / (xx + 1e-9)
	}
	return gain
}

// learn takes a measurement. True: the path has just become known.
func (p *path) learn(m found) bool {
	if m.correlation < likelyEcho || m.gain.mean() > maxGain {
		p.agreed = 0
		return false
	}
	if !near(m.delay, p.likely) {
		p.agreed = 0
	}
	p.agreed++
	p.likely = m.delay
	switch {
	case p.known && near(m.delay, p.delay):
		for b := range p.gain {
			p.gain[b] += 0.3 * (m.gain[b] - p.gain[b])
		}
	case p.agreed > compared/2/every || m.correlation >= sureEcho:
		*p = path{known: true, delay: m.delay, gain: m.gain, likely: m.delay, agreed: p.agreed}
		return true
	}
	return false
}

func near(a, b int) bool { return a-b <= 3 && b-a <= 3 }
