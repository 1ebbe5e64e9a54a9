package search

import (
	"math"
	"slices"
)

// top has the greatest of the numbers that were added to it, in ascending order: as many as there are rivals.
type top []float64

func (t *top) add(x float64) {
	if math.IsNaN(x) {
		return
	}
	at, _ := slices.BinarySearch(*t, x)
	if len(*t) < rivals {
		*t = slices.Insert(*t, at, x)
	} else if at > 0 { // the least goes
		copy((*t)[:at-1], (*t)[1:at])
		(*t)[at-1] = x
	}
}

// least is the number below which another has no place.
func (t top) least() float64 {
	if len(t) < rivals {
		return math.Inf(-1)
	}
	return t[0]
}
