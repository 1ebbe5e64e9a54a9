package task

import (
	"maps"
	"slices"
	"sync"
)

// troubles are what keeps a task from its work for now: an analysis that fails and will be tried again, a leg that is not heard
// in full. What is told is the first of them, when it is another one than before, and once that there is none.
type troubles struct {
	tell func(why string)

	mu   sync.Mutex
	of   map[string]string // by what it is the trouble of
	said string
	over bool
}

// set notes the trouble of something, empty: it has none. It is told in the order of the calls.
func (t *troubles) set(what, why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	if t.of == nil {
		t.of = map[string]string{}
	}
	t.of[what] = why
	if why == "" {
		delete(t.of, what)
	}
	t.say()
}

// end tells that there is none any more, for good: the task is over.
func (t *troubles) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over, t.of = true, nil
	t.say()
}

func (t *troubles) say() {
	why := ""
	if what := slices.Sorted(maps.Keys(t.of)); len(what) > 0 {
		why = t.of[what[0]]
	}
	if why != t.said {
		t.said = why
		t.tell(why)
	}
}
