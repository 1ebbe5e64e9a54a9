package task

import (
	"maps"
	"slices"
	"sync"
)

// degradation collects what impairs the analysis of a task for now, such as scores that fail or audio that is lost. It
// reports one reason at a time: when the first one changes, and an empty one when there is none left.
type degradation struct {
	report func(reason string)

	mu       sync.Mutex
	reasons  map[string]string // by source
	reported string
	over     bool
}

// set records why a source is impaired, or with an empty reason that it is not. Changes are reported in the order of calls.
func (d *degradation) set(source, reason string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over {
		return
	}
	if d.reasons == nil {
		d.reasons = map[string]string{}
	}
	d.reasons[source] = reason
	if reason == "" {
		delete(d.reasons, source)
	}
	d.update()
}

// end clears all reasons for good: the task is over.
func (d *degradation) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over, d.reasons = true, nil
	d.update()
}

func (d *degradation) update() {
	reason := ""
	if sources := slices.Sorted(maps.Keys(d.reasons)); len(sources) > 0 {
		reason = d.reasons[sources[0]]
	}
	if reason != d.reported {
		d.reported = reason
		d.report(reason)
	}
}
