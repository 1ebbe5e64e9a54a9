package speech

import "timbre"

// backgroundGate drops people who talk behind the party: babble in a call centre, a television. How loud they are shows while the other party
// talks and this one listens; how loud the party is, while the other one is silent. What is voiced but far below the party's level, and no
// louder than they are, is theirs. On a leg that is quiet while the other party talks nothing is learned and nothing is dropped.
type backgroundGate struct {
	fars   fars
	behind levels  // of the windows in which the other party talks
	voices levels  // 1 for each of these that is voiced, 0 for others
	own    levels  // of the voiced windows in which the other party is silent
	limit  float32 // a voiced window that is no louder is dropped; 0: none is
	turn   int     // counts windows
}

const (
	around      = 5    // windows on each side: the loudest of them is the level of a window, so that the quiet parts of a word count with it
	settled     = 39   // windows: what is echo is known by then
	leastBehind = 32   // windows
	leastOwn    = 20   // windows
	leastVoices = 0.3  // of the windows in which the other party talks: babble goes on, a word of assent does not
	farBelow    = 0.71 // times the party's level, in loudness: -6 dB
	above       = 1.45 // times the level behind it: 6 dB
	relearn     = 8    // windows
)

func (*backgroundGate) reason() timbre.Reason { return timbre.DropBackground }

func (g *backgroundGate) judge(held []*window) {
	at := len(held) - 1 - around
	if at < 0 {
		return
	}
	w := held[at]
	for _, near := range held[max(0, at-around):] {
		w.level = max(w.level, near.loud[perWindow-1].mean())
	}
	w.other = g.fars.talk(w.block())
	if old := len(held) - 1 - settled; old >= 0 {
		g.hear(held[old])
	}
	before := g.limit
	if g.turn++; g.turn%relearn == 0 {
		g.limit = g.decide()
	}
	if before > 0 {
		held = held[at:]
	}
	for _, w := range held {
		g.drop(w)
	}
}

// hear takes a window to learn from.
func (g *backgroundGate) hear(w *window) {
	switch {
	case w.reason != timbre.DropNone && w.reason != timbre.DropBackground:
	case w.other && w.voiced:
		g.behind.add(w.level)
		g.voices.add(1)
	case w.other:
		g.behind.add(w.level)
		g.voices.add(0)
	case w.voiced:
		g.own.add(w.level)
	}
}

// decide says up to what level voiced windows are of the background; 0: there is none, or it is not known.
func (g *backgroundGate) decide() float32 {
	if !g.knows() || g.voices.mean() < leastVoices {
		return 0
	}
	behind, most := g.behind.share(0.5), farBelow*g.own.share(0.75)
	if behind > most {
		return 0
	}
	return min(above*behind, most)
}

func (g *backgroundGate) knows() bool {
	return len(g.behind.all) >= leastBehind && len(g.own.all) >= leastOwn
}

func (g *backgroundGate) drop(w *window) {
	if w.voiced && w.level > 0 && w.level <= g.limit {
		w.drop(timbre.DropBackground)
	}
}

func (*backgroundGate) restart() {}
