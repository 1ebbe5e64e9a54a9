package voice

import (
	"math"
	"slices"

	"timbre"
)

// division divides segments of speech, by their embeddings, into two groups that are each as alike as possible.
type division struct {
	second []bool    // by segment: it is in the smaller group
	lean   []float64 // by segment: how much closer it is to its own group than to the other, as cosines
}

// divide finds the best division of at least two embeddings of length 1: that with the greatest sum of cosines of the segments
// with the direction of their group.
func divide(e []timbre.Embedding) (best division) {
	greatest := math.Inf(-1)
	for i := range e {
		second := settle(e, e[i], farthest(e, e[i]))
		a := sum(e, func(k int) bool { return !second[k] })
		b := sum(e, func(k int) bool { return second[k] })
		if total := length(a) + length(b); total > greatest {
			greatest, best.second = total, second
		}
	}
	if 2*count(best.second) > len(e) {
		for i := range best.second {
			best.second[i] = !best.second[i]
		}
	}
	best.lean = leans(e, best.second)
	return best
}

// settle assigns segments to the closer of two directions, then moves these to the middle of their segments, until nothing
// changes.
func settle(e []timbre.Embedding, first, other timbre.Embedding) (second []bool) {
	second = make([]bool, len(e))
	for range 10 {
		before := slices.Clone(second)
		for i := range e {
			second[i] = dot(e[i], other) > dot(e[i], first)
		}
		n := count(second)
		if n == 0 || n == len(e) || slices.Equal(before, second) {
			break
		}
		first, _ = normalize(sum(e, func(i int) bool { return !second[i] }))
		other, _ = normalize(sum(e, func(i int) bool { return second[i] }))
	}
	return second
}

func leans(e []timbre.Embedding, second []bool) []float64 {
	first, _ := normalize(sum(e, func(i int) bool { return !second[i] }))
	other, _ := normalize(sum(e, func(i int) bool { return second[i] }))
	lean := make([]float64, len(e))
	for i := range e {
		if lean[i] = dot(e[i], first) - dot(e[i], other); second[i] {
			lean[i] = -lean[i]
		}
	}
	return lean
}

// farthest returns the embedding that is least like one.
func farthest(e []timbre.Embedding, from timbre.Embedding) (far timbre.Embedding) {
	least := math.Inf(1)
	for _, x := range e {
		if c := dot(x, from); c < least {
			least, far = c, x
		}
	}
	return far
}

func sum(e []timbre.Embedding, which func(int) bool) []float32 {
	total := make([]float32, len(e[0]))
	for i, x := range e {
		if which(i) {
			for k, v := range x {
				total[k] += v
			}
		}
	}
	return total
}

func dot(a, b timbre.Embedding) (total float64) {
	for i := range min(len(a), len(b)) {
		total += float64(a[i]) * float64(b[i])
	}
	return total
}

func length(v []float32) float64 { return math.Sqrt(dot(v, v)) }

func count(which []bool) (n int) {
	for _, is := range which {
		if is {
			n++
		}
	}
	return n
}
