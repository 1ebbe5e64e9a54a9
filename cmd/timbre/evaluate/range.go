package evaluate

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// group is a condition of items, with its values in order.
type group[T any] struct {
	condition string
	values    []value[T]
}

type value[T any] struct {
	value string
	items []T
}

// groups sorts items by each of their conditions that has several values.
func groups[T any](items []T, conditions func(T) map[string]string) (all []group[T]) {
	by := map[string]map[string][]T{}
	for _, x := range items {
		for name, v := range conditions(x) {
			if by[name] == nil {
				by[name] = map[string][]T{}
			}
			by[name][v] = append(by[name][v], x)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		values := ranges(by[name])
		if len(values) < 2 {
			continue
		}
		g := group[T]{condition: name}
		for _, v := range slices.SortedFunc(maps.Keys(values), natural) {
			g.values = append(g.values, value[T]{v, values[v]})
		}
		all = append(all, g)
	}
	return all
}

// mostValues is how many values of a condition are shown as they are. More are put in ranges if they are numbers.
const mostValues = 12

// ranges puts the values of a condition in at most mostValues ranges, if they are many and all of them are numbers.
func ranges[T any](values map[string][]T) map[string][]T {
	if len(values) <= mostValues {
		return values
	}
	low, high := math.Inf(1), math.Inf(-1)
	for v := range values {
		x, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return values // text
		}
		low, high = min(low, x), max(high, x)
	}
	if !(high > low) {
		return values // spellings of one number
	}
	width := step((high - low) / (mostValues - 2))
	out := map[string][]T{}
	for v, cs := range values {
		x, _ := strconv.ParseFloat(v, 64)
		from := math.Floor(x/width) * width
		name := fmt.Sprintf("%g to %g", from, from+width)
		out[name] = append(out[name], cs...)
	}
	return out
}

// step is the least of 1, 2 and 5 times a power of ten that is not below a width.
func step(width float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(width)))
	for _, k := range []float64{1, 2, 5} {
		if k*power >= width {
			return k * power
		}
	}
	return 10 * power
}

// natural orders values by the number that they begin with, and else as text.
func natural(a, b string) int {
	var x, y float64
	if n, _ := fmt.Sscanf(a, "%g", &x); n == 1 {
		if n, _ := fmt.Sscanf(b, "%g", &y); n == 1 && x != y {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(a, b)
}
