// Package dot has the inner loops of a search: dot products of vectors, and what they weigh. Those that take most of the time have an
// implementation in assembly, which is chosen by what the processor has, beside a portable one that says what they compute.
package dot

// Product returns the dot product of a and b, which must have the same length. Eight independent sums keep the
// processor from waiting for the previous addition.
func Product(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for len(a) >= 8 && len(b) >= 8 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		s4 += a[4] * b[4]
		s5 += a[5] * b[5]
		s6 += a[6] * b[6]
		s7 += a[7] * b[7]
		a, b = a[8:], b[8:]
	}
	for i := range a {
		s0 += a[i] * b[i]
	}
	return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
}
