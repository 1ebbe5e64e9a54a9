package speech

import (
	"slices"
	"sync"
)

// What is remembered of a connector, and of how many connectors: 200 KB of each, 13 MB in all.
const (
	maxShelves    = 64
	shelfLegs     = 32
	shelfKnown    = 16
	printWords    = 940 // 30 s
	enoughCallers = 2   // different ones, or
	enoughCalls   = 4   // that contain a stretch make it a recording
)

// Recordings are the announcements that calls begin with, as far as they are known from earlier calls. They hold fingerprints alone,
// no audio, and nothing survives a restart. Recordings are safe for concurrent use.
type Recordings struct {
	mu      sync.Mutex
	shelves []*shelf // of connectors, the one that was used last at the end
}

// shelf is what the calls of one connector have begun with.
type shelf struct {
	connector string

	mu    sync.Mutex
	legs  []*legPrint // the newest at the end
	known []*stretch  // the one that was heard last at the end
}

// legPrint is the beginning of a leg.
type legPrint struct {
	call  source
	leg   int
	words []word
}

// source is where something was heard.
type source struct{ transactionID, caller string }

// stretch is what calls have in common before they go on differently.
type stretch struct {
	words   []word
	heardIn []source // at most enoughCalls
}

// NewRecordings returns Recordings without any.
func NewRecordings() *Recordings { return &Recordings{} }

// shelf returns that of a connector.
func (r *Recordings) shelf(connector string) *shelf {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.shelves, func(s *shelf) bool { return s.connector == connector })
	s := &shelf{connector: connector}
	if i >= 0 {
		s = r.shelves[i]
		r.shelves = slices.Delete(r.shelves, i, i+1)
	} else if len(r.shelves) == maxShelves {
		r.shelves = slices.Delete(r.shelves, 0, 1)
	}
	r.shelves = append(r.shelves, s)
	return s
}

// put keeps the beginning of a leg: the longest, if several tasks listen to the leg.
func (s *shelf) put(p *legPrint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.legs, func(o *legPrint) bool { return o.call == p.call && o.leg == p.leg }); i >= 0 {
		if len(p.words) > len(s.legs[i].words) {
			s.legs[i] = p
		}
		return
	}
	if len(s.legs) == shelfLegs {
		s.legs = slices.Delete(s.legs, 0, 1)
	}
	s.legs = append(s.legs, p)
}

// others are the beginnings of legs of other calls.
func (s *shelf) others(transactionID string) (all []*legPrint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.legs {
		if p.call.transactionID != transactionID {
			all = append(all, p)
		}
	}
	return all
}

// recordings are the stretches that enough calls contain.
func (s *shelf) recordings() (all []*stretch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.known {
		if k.enough() {
			all = append(all, k)
		}
	}
	return all
}

// learn notes that calls contain a stretch and went on differently after it.
func (s *shelf) learn(words []word, calls ...source) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(words), foundWords)
	middle := words[(len(words)-n)/2:][:n]
	i := slices.IndexFunc(s.known, func(k *stretch) bool {
		_, found := find(k.words, middle, maxFound)
		return found
	})
	var k *stretch
	if i >= 0 {
		k = s.known[i]
		s.known = slices.Delete(s.known, i, i+1)
	} else {
		k = &stretch{words: slices.Clone(words)}
		if len(s.known) == shelfKnown {
			s.known = slices.Delete(s.known, 0, 1)
		}
	}
	for _, c := range calls {
		known := slices.ContainsFunc(k.heardIn, func(o source) bool { return o.transactionID == c.transactionID })
		if !known && len(k.heardIn) < enoughCalls {
			k.heardIn = append(k.heardIn, c)
		}
	}
	s.known = append(s.known, k)
}

// enough says whether the stretch is a recording. What two different callers have in common is one. The same caller may be a test
// that plays a file again and again, so more calls are needed.
func (k *stretch) enough() bool {
	callers := map[string]bool{}
	for _, c := range k.heardIn {
		if c.caller != "" {
			callers[c.caller] = true
		}
	}
	return len(callers) >= enoughCallers || len(k.heardIn) >= enoughCalls
}

// find looks for words in others, and returns where they begin there.
func find(in, words []word, most float64) (at int, found bool) {
	for at := 0; at+len(words) <= len(in); at++ {
		if all, errors := compareQuickly(words, in[at:at+len(words)]); all >= len(words)*wordBits/2 && float64(errors) <= most*float64(all) {
			return at, true
		}
	}
	return 0, false
}

// compareQuickly is compare, which gives up after eight words if they have nothing in common.
func compareQuickly(a, b []word) (all, errors int) {
	if all, errors = compare(a[:8], b[:8]); errors*20 > all*9 && all > 0 {
		return 0, 0
	}
	return compare(a, b)
}
