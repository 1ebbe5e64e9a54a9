package search

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// skipped says how many of a domain's profiles a voiceprint of a model cannot be compared with, and of which models those are; empty if
// it can be compared with all.
func skipped(models map[string]*index, model string, now time.Time) string {
	all, left := 0, 0
	var others []string
	for _, name := range slices.Sorted(maps.Keys(models)) {
		n := models[name].living(now)
		all += n
		if name != model && n > 0 {
			left += n
			others = append(others, name)
		}
	}
	if left == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d profiles cannot be compared: they are of speaker model %s, the server uses %s",
		left, all, strings.Join(others, " and "), model)
}

// living counts the profiles that have not expired at now.
func (x *index) living(now time.Time) (n int) {
	for _, e := range x.entries {
		if now.UnixNano() < e.expires {
			n++
		}
	}
	return n
}
