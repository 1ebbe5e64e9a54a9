package trunk

import (
	"cmp"
	"slices"

	"timbre"
)

// order is the order in which routes are tried: by priority, the lowest number first; among equals by chance, each as
// likely to come next as its weight is of all weights that are left (RFC 2782). What has no priority comes last, and no
// weight is the least one.
func order(routes []timbre.Route, chance func() float64) []timbre.Route {
	const last = 101
	left := slices.Clone(routes)
	priority := func(r timbre.Route) int {
		if r.Priority <= 0 {
			return last
		}
		return r.Priority
	}
	slices.SortStableFunc(left, func(a, b timbre.Route) int { return cmp.Compare(priority(a), priority(b)) })
	for at := 0; at < len(left); at++ {
		end := at
		sum := 0
		for end < len(left) && priority(left[end]) == priority(left[at]) {
			sum += max(1, left[end].Weight)
			end++
		}
		pick, point := at, int(chance()*float64(sum))
		for ; pick < end-1; pick++ {
			if point -= max(1, left[pick].Weight); point < 0 {
				break
			}
		}
		next := left[pick]
		left = slices.Insert(slices.Delete(left, pick, pick+1), at, next)
	}
	return left
}
