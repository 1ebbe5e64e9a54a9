package search

import (
	"math"

	"timbre/search/dot"
)

const (
	// greatest is the magnitude that the greatest value of a quantised row has, in steps of its high part.
	greatest = 127
	// lowSteps is how many steps of the low part one of the high part has.
	lowSteps = 1 << dot.LowBits
)

// width is the length of the high part of a row of dim values.
func width(dim int) int { return (dim + dot.Width - 1) / dot.Width * dot.Width }

// quantise writes v as fixed-point numbers of 24 bits, which are about as exact as its float32 values are beside the greatest of them: the
// upper eight bits to high, and the others to low. It returns the size of a step of high, and the length of what that alone leaves out.
// A row whose values are all too small for a scale counts as nothing.
func quantise(v []float32, high []int8, low []int16) (scale float32, lost float64) {
	const (
		least = 0x1p-126 // of the numbers that have all their bits
		more  = 1.0001   // more than the sum of the squares is rounded down by
	)
	clear(high[len(v):])
	scale = dot.Peak(v) / greatest
	if scale < least {
		clear(high)
		clear(low)
		return 0, 0
	}
	squares := dot.Quantise(v, lowSteps/float64(scale), high, low)
	return scale, float64(scale) / lowSteps * math.Sqrt(more*float64(squares))
}

// longest is the length that a row of dim values has at most.
func longest(scale float32, dim int) float64 {
	return greatest * float64(scale) * math.Sqrt(float64(dim))
}

// quantised is the query of a scan.
type quantised struct {
	values []int16
	scale  float64
	length float64 // of the query as it is quantised
	lost   float64 // the length of what was rounded away
}

func quantiseQuery(v []float32) quantised {
	most := float64(dot.MaxQuery(width(len(v))))
	q := quantised{values: make([]int16, width(len(v))), scale: float64(dot.Peak(v)) / most}
	if q.scale == 0 {
		return q
	}
	var lost, length float64
	for i, x := range v {
		n := math.RoundToEven(float64(x) / q.scale)
		q.values[i] = int16(n)
		rest := float64(x) - n*q.scale
		lost += rest * rest
		length += n * q.scale * n * q.scale
	}
	q.lost, q.length = math.Sqrt(lost), math.Sqrt(length)
	return q
}

// slack is the most by which the dot product of quantised vectors differs from that of the vectors (Cauchy-Schwarz), for rows no
// longer than length of which no more than lost was left out. It has room for the rounding of the product itself.
func (q *quantised) slack(length, lost float64) float64 {
	const rounding = 1e-4 // of a sum of float32, relative to the lengths: more than 1,000 values lose
	return q.length*lost + q.lost*length + rounding*(q.length+q.lost)*length
}

func finite(v []float32) bool { return dot.Peak(v) <= math.MaxFloat32 }
