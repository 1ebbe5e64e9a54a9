package dot

import "golang.org/x/sys/cpu"

var (
	rows8    = rows8Portable
	fixed    = fixedPortable
	weigh    = weighPortable
	peak     = peakPortable
	quantise = quantisePortable
)

func init() {
	if cpu.X86.HasAVX2 {
		rows8, fixed, weigh, peak, quantise = rows8AVX2, fixedAVX2, weighAVX2, peakAVX2, quantiseAVX2
	}
	if hasVNNI() {
		rows8 = rows8VNNI
	}
}

func hasVNNI() bool { return cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VNNI }

func rows8AVX2(q []int16, rows []int8, out []int32) {
	dotRowsAVX2(&q[0], &rows[0], len(q), len(out), &out[0])
}

func rows8VNNI(q []int16, rows []int8, out []int32) {
	dotRowsVNNI(&q[0], &rows[0], len(q), len(out), &out[0])
}

func fixedAVX2(q []float32, high []int8, low []int16) float32 {
	if len(q) == 0 {
		return 0
	}
	return dotFixedAVX2(&q[0], &high[0], &low[0], len(q))
}

func weighAVX2(w *Weights, c *Columns, products []int32, out []float32, marks []uint8) float32 {
	return weighRowsAVX2(w, c, &products[0], len(products), &out[0], &marks[0])
}

func peakAVX2(v []float32) uint32 {
	if len(v) == 0 {
		return 0
	}
	return peakValueAVX2(&v[0], len(v))
}

func quantiseAVX2(v []float32, steps float64, high []int8, low []int16) float32 {
	if len(v) == 0 {
		return 0
	}
	return quantiseRowAVX2(&v[0], len(v), steps, &high[0], &low[0])
}

// Both need length a multiple of 64 and n of at least 1.

//go:noescape
func dotRowsAVX2(q *int16, rows *int8, length, n int, out *int32)

//go:noescape
func dotRowsVNNI(q *int16, rows *int8, length, n int, out *int32)

// length must be a multiple of 16, and at least 16.
//
//go:noescape
func dotFixedAVX2(q *float32, high *int8, low *int16, length int) float32

// n must be a multiple of 8, and at least 8.
//
//go:noescape
func weighRowsAVX2(w *Weights, c *Columns, products *int32, n int, out *float32, marks *uint8) float32

// length must be a multiple of 8, and at least 8.
//
//go:noescape
func peakValueAVX2(v *float32, length int) uint32

// length must be a multiple of 8, and at least 8.
//
//go:noescape
func quantiseRowAVX2(v *float32, length int, steps float64, high *int8, low *int16) float32
