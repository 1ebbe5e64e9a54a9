package speech

import (
	"slices"

	"timbre"
)

// What matches. Of a second of a voice and another one, of 70,000 pairs, none differs in less than 0.34 of the bits, and none of two
// seconds in less than 0.39. The same second on two lines differs in 0.2, with noise at 20 dB in 0.3.
const (
	foundWords  = 64 // windows by which a beginning is found
	maxFound    = 0.33
	knownWords  = 32 // windows by which a recording is known again
	maxKnown    = 0.29
	followWords = 24 // windows by which a match is followed
	maxFollow   = 0.40
	partWords   = 75 // windows with something to hear, after which two calls have gone on differently: 2.4 s
	minParted   = 0.44
	minStretch  = 48 // windows: what is shorter is no announcement
)

// recordingGate drops announcements: what other calls of the connector begin with, word for word. A leg is compared with the beginnings
// of earlier calls. Where it matches one and then both go on differently, the part in common is kept as a recording; two calls
// that are equal to the end are the same test twice. A recording that enough calls contain is dropped from then on.
type recordingGate struct {
	shelf *shelf
	call  source
	leg   int

	printer printer
	words   []word // of the leg's beginning
	begun   bool   // something was heard
	count   int    // windows since then
	put     int    // of words, on the shelf
	window  []word // the newest words, at most foundWords
	shared  *match // with an earlier call
	playing *match // of a recording
}

// match is how the leg agrees with another print: word i of the leg with word i-offset.
type match struct {
	words    []word
	call     source
	offset   int
	from, to int     // words of the leg: the part in common so far
	heard    int     // windows after that
	errors   float64 // of their bits
}

func (*recordingGate) reason() timbre.Reason { return timbre.DropRecording }

func (g *recordingGate) judge(held []*window) {
	newest := held[len(held)-1]
	w := g.printer.next(&newest.spectrum)
	if g.begun = g.begun || w&audible != 0; !g.begun {
		return
	}
	g.count++
	if g.window = append(g.window, w); len(g.window) > foundWords {
		g.window = append(g.window[:0], g.window[1:]...)
	}
	if len(g.words) < printWords {
		g.words = append(g.words, w)
		g.compare()
	} else if g.put < printWords {
		g.keep()
	}
	g.play(held)
}

// last returns the newest words, n of them; false if there are fewer.
func (g *recordingGate) last(n int) ([]word, bool) {
	if len(g.window) < n {
		return nil, false
	}
	return g.window[len(g.window)-n:], true
}

// play drops the windows of a recording that is known.
func (g *recordingGate) play(held []*window) {
	if g.playing == nil && g.count%4 == 0 {
		g.recognise(held)
	} else if g.playing != nil {
		if recent, _ := g.last(followWords); g.playing.over(g.count) || !g.playing.follows(recent, g.count) {
			g.playing = nil
			return
		}
		held[len(held)-1].drop(timbre.DropRecording)
	}
}

// recognise finds the newest words in a recording, and drops what is held of it.
func (g *recordingGate) recognise(held []*window) {
	recent, ok := g.last(knownWords)
	if !ok {
		return
	}
	for _, k := range g.shelf.recordings() {
		at, found := find(k.words, recent, maxKnown)
		if !found {
			continue
		}
		g.playing = &match{words: k.words, offset: g.count - knownWords - at}
		for i := 1; i <= min(len(held), at+knownWords); i++ {
			held[len(held)-i].drop(timbre.DropRecording)
		}
		return
	}
}

// over says whether the print ends before word i of the leg.
func (m *match) over(i int) bool { return i-m.offset > len(m.words) }

// follows says whether the newest words of the leg, of which it has count, still match.
func (m *match) follows(recent []word, count int) bool {
	share, ok := m.differs(recent, count)
	return !ok || share <= maxFollow
}

// differs is the share of bits in which the newest words differ; false if there are too few to say.
func (m *match) differs(recent []word, count int) (share float64, ok bool) {
	end := count - m.offset
	if len(recent) == 0 || end-len(recent) < 0 || end > len(m.words) {
		return 0, false
	}
	all, errors := compare(recent, m.words[end-len(recent):end])
	return float64(errors) / float64(max(all, 1)), all >= len(recent)*wordBits/4
}

// compare looks for what the beginning of the leg has in common with an earlier call.
func (g *recordingGate) compare() {
	m := g.shared
	if m == nil {
		if g.count%16 == 0 {
			g.search()
		}
		return
	}
	recent, _ := g.last(followWords)
	if share, ok := m.differs(recent, g.count); ok && share <= maxFollow {
		m.to, m.heard, m.errors = g.count, 0, 0
		return
	}
	if m.over(g.count) {
		g.shared = nil
		return
	}
	if m.goOn(g.words[g.count-1], m.words[g.count-m.offset-1]); m.heard >= partWords {
		if m.errors >= minParted*wordBits*partWords {
			g.parted(m)
		}
		g.shared = nil
	}
}

// goOn counts how two words differ, after the part in common. Silence against a voice differs as much as two voices do.
func (m *match) goOn(a, b word) {
	if (a|b)&audible == 0 {
		return
	}
	m.heard++
	if _, errors := compare([]word{a}, []word{b}); a&b&audible != 0 {
		m.errors += float64(errors)
	} else {
		m.errors += wordBits / 2
	}
}

// search finds the newest words in the beginning of another call.
func (g *recordingGate) search() {
	recent, ok := g.last(foundWords)
	if !ok {
		return
	}
	for _, p := range g.shelf.others(g.call.transactionID) {
		if at, found := find(p.words, recent, maxFound); found {
			g.shared = &match{words: p.words, call: p.call, offset: g.count - foundWords - at, from: g.count - foundWords, to: g.count}
			return
		}
	}
}

// parted keeps what the leg and an earlier call had in common.
func (g *recordingGate) parted(m *match) {
	for m.from > 0 && m.from-m.offset > 0 && m.agrees(g.words, m.from) {
		m.from--
	}
	to := m.to - followWords/4 // the match is noticed to end when a part of the newest words is past it
	if to-m.from >= minStretch {
		g.shelf.learn(g.words[m.from:to], m.call, g.call)
	}
}

// agrees says whether the words before the part in common match too.
func (m *match) agrees(words []word, from int) bool {
	n := min(followWords, from, from-m.offset)
	all, errors := compare(words[from-n:from], m.words[from-m.offset-n:from-m.offset])
	return all > 0 && float64(errors) <= maxFollow*float64(all)
}

// keep puts the beginning of the leg on the shelf.
func (g *recordingGate) keep() {
	if len(g.words) >= foundWords && len(g.words) > g.put {
		g.put = len(g.words)
		g.shelf.put(&legPrint{call: g.call, leg: g.leg, words: slices.Clone(g.words)})
	}
}

// restart ends what adjoins the next window. The beginning of the leg goes on.
func (g *recordingGate) restart() {
	g.playing = nil
	g.printer = printer{}
}
