package dot

import "fmt"

// Width is what the length of a row of Rows8 must be a multiple of, in values.
const Width = 64

// MaxQuery is the greatest magnitude of a value of q for which no sum of Rows8 overflows, for rows of a length.
func MaxQuery(length int) int16 {
	const most = 1<<31 - 1
	return int16(min(1<<15-1, most/(127*max(1, length))))
}

// Rows8 writes to out the dot product of q with each of the rows, which lie one after another: len(out) rows of len(q) values, each
// from -127 to 127. len(q) must be a multiple of Width, and no value of q may exceed MaxQuery. Every implementation computes
// the same integers; which one runs is chosen by what the processor has.
func Rows8(q []int16, rows []int8, out []int32) {
	if len(q)%Width != 0 || len(rows) != len(q)*len(out) {
		panic(fmt.Sprintf("dot.Rows8: %d rows of %d values in %d", len(out), len(q), len(rows)))
	}
	if len(q) > 0 && len(out) > 0 {
		rows8(q, rows, out)
	}
}

// rows8Portable is the reference, and what runs where there is no other.
func rows8Portable(q []int16, rows []int8, out []int32) {
	for i := range out {
		row := rows[i*len(q):][:len(q)]
		var s0, s1, s2, s3 int32
		for k := 0; k+4 <= len(row); k += 4 {
			s0 += int32(q[k]) * int32(row[k])
			s1 += int32(q[k+1]) * int32(row[k+1])
			s2 += int32(q[k+2]) * int32(row[k+2])
			s3 += int32(q[k+3]) * int32(row[k+3])
		}
		out[i] = s0 + s1 + s2 + s3
	}
}
