package dot

import "math"

// Peak returns the greatest magnitude of a value; infinite or no number if one of them is. The bits of numbers without a sign are in their
// order, and those of what is not finite are greater than all others.
func Peak(v []float32) float32 {
	whole := len(v) / quantiseStep * quantiseStep
	return math.Float32frombits(max(peak(v[:whole]), peakPortable(v[whole:])))
}

// Quantise writes v, in steps of which there are so many in one, as fixed-point numbers of 24 bits: see Fixed. Each value of v must have
// fewer than 2²³ − 2¹⁵ steps, and neither part may be shorter than v. It returns the sum of the squares of the low parts.
func Quantise(v []float32, steps float64, high []int8, low []int16) (squares float32) {
	high, low = high[:len(v)], low[:len(v)]
	whole := len(v) / quantiseStep * quantiseStep
	return quantise(v[:whole], steps, high[:whole], low[:whole]) + quantisePortable(v[whole:], steps, high[whole:], low[whole:])
}

// quantiseStep is what the length of the vectors that peak and quantise take is a multiple of.
const quantiseStep = 8

func peakPortable(v []float32) (bits uint32) {
	const sign = 1 << 31
	for _, x := range v {
		bits = max(bits, math.Float32bits(x)&^sign)
	}
	return bits
}

func quantisePortable(v []float32, steps float64, high []int8, low []int16) (squares float32) {
	for i, x := range v {
		n := int32(math.RoundToEven(float64(x) * steps))
		high[i], low[i] = int8((n+1<<(LowBits-1))>>LowBits), int16(n)
		squares += float32(low[i]) * float32(low[i])
	}
	return squares
}
