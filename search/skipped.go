package search

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// skipped says how many of a domain's profiles a voice of a kind cannot be compared with, and of which models those are; empty if it can
// be compared with all that are not damaged.
func (d *domain) skipped(of kind) string {
	others := map[string]int{}
	left := 0
	for k, x := range d.indexes {
		if k.model != of.model && x.len() > 0 {
			others[k.model] += x.len()
			left += x.len()
		}
	}
	if left == 0 {
		return ""
	}
	all := left
	if x := d.indexes[of]; x != nil {
		all += x.len()
	}
	return fmt.Sprintf("%d of %d profiles cannot be compared: they are of speaker model %s, the server uses %s",
		left, all, strings.Join(slices.Sorted(maps.Keys(others)), " and "), of.model)
}
