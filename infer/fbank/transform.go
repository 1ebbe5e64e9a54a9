package fbank

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// transform is the fast Fourier transform of a size that is a power of two.
type transform struct {
	size    int
	factors []complex128 // the roots of one, half a turn
}

func newTransform(size int) transform {
	t := transform{size, make([]complex128, size/2)}
	for i := range t.factors {
		t.factors[i] = cmplx.Rect(1, -2*math.Pi*float64(i)/float64(size))
	}
	return t
}

// run transforms x, of t.size values, in place.
func (t transform) run(x []complex128) {
	shift := bits.UintSize - bits.TrailingZeros(uint(t.size))
	for i := range x {
		if j := int(bits.Reverse(uint(i)) >> shift); t.size > 1 && i < j {
			x[i], x[j] = x[j], x[i]
		}
	}
	for half := 1; half < t.size; half *= 2 {
		stride := t.size / (2 * half)
		for from := 0; from < t.size; from += 2 * half {
			for k := range half {
				a, b := x[from+k], x[from+k+half]*t.factors[k*stride]
				x[from+k], x[from+k+half] = a+b, a-b
			}
		}
	}
}
