package node

import (
	"slices"
	"testing"
)

// labels are all that metrics may have, with what bounds their values: a server that serves more callers, tasks or strangers has no more
// series because of them.
var labels = []struct {
	name, values string
	most         int // values of one metric
}{
	{"code", "status codes that a caller was sent", 100},
	{"codec", "codecs of the table of codecs", 8},
	{"commit", "the one of the program", 1},
	{"dialect", "dialects of WebSocket feeds", 12},
	{"domain", "the first 50 voice profile domains that are searched; other: all others", 51},
	{"door", "ports that take connections: sip, feed, api, admin", 4},
	{"go", "the one Go release of the program", 1},
	{"in_use", "true, false", 2},
	{"kind", "what the metric counts is of one of a few kinds, which the code lists: of targets, tasks, models or stored rows", 20},
	{"model", "models that are in use, and those of stored profiles", 20},
	{"of", "what has a life", 20},
	{"operation", "operations of the AWS models; none: no operation has this method and path", 130},
	{"outcome", "outcomes that the code lists", 8},
	{"queue", "long, short", 2},
	{"reason", "reasons that the code lists", 40},
	{"resource", "what has a limit, or bounds a node by its load", 20},
	{"result", "results that the code lists", 8},
	{"service", "the two services of the API; none: neither", 3},
	{"state", "states that the code lists", 3},
	{"status", "final states of tasks; HTTP statuses of the API", 40},
	{"step", "steps that the code lists", 8},
	{"target", "the targets that are furthest behind; other: all others", 101},
	{"version", "the one of the program", 1},
}

// TestLabelsAreBounded: a metric with a new label is refused until the table says what bounds it, and a label that is gone leaves the table.
func TestLabelsAreBounded(t *testing.T) {
	var used []string
	for _, e := range entriesOf(t, everything(t)) {
		used = append(used, e.labels...)
	}
	var listed []string
	for _, l := range labels {
		listed = append(listed, l.name)
	}
	slices.Sort(used)
	if used = slices.Compact(used); !slices.Equal(used, listed) {
		t.Errorf("got labels %v, want those of the table, in order: %v", used, listed)
	}
}
