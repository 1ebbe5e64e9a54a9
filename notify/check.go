package notify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"timbre"
)

// Check implements timbre.TargetChecker. Sinks that know their targets implement it, too.
func (s Sinks) Check(target string) error {
	kind := Kind(target)
	sink, known := s[kind]
	switch {
	case kind == "unknown":
		return timbre.Errorf(timbre.Invalid, "", "it is of no known kind")
	case !known:
		return timbre.Errorf(timbre.NotFound, "", "the settings of this server have no %s", kind)
	}
	if c, does := sink.(timbre.TargetChecker); does {
		return c.Check(target)
	}
	return nil
}

// Check implements timbre.TargetChecker.
func (d *Dispatcher) Check(target string) error {
	if err := d.deps.Sinks.Check(target); err != nil {
		return err
	}
	return d.cfg.Allow.Check(target)
}

// some is a list of the first names.
func some(names []string) string {
	const most = 10
	if more := len(names) - most; more > 0 {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// ReportUnknown logs and counts the stored targets to which nothing can be delivered, as when the settings have lost a webhook. Each
// comes with the names of what it is stored in.
func (d *Dispatcher) ReportUnknown(stored map[string][]string) {
	unknown := 0
	for _, target := range slices.Sorted(maps.Keys(stored)) {
		if err := d.Check(target); err != nil {
			unknown++
			d.env.Log.Warn("a stored notification target is unknown: nothing is delivered to it",
				"target", target, "configurations", some(stored[target]), "error", err)
		}
	}
	d.metrics.unknown.Set(float64(unknown))
}
