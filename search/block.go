package search

import (
	"math"

	"timbre"
	"timbre/search/dot"
)

// blockRows is the number of rows of a full block: what a scan computes of one stays in the processor's cache.
const blockRows = 1024

// block holds up to blockRows profiles, each field of a row beside that of its neighbours, as a scan reads them. The vector of a row is in
// two parts: see quantise.
type block struct {
	dim, n  int
	high    []int8  // width(dim) values a row
	low     []int16 // dim values a row
	columns dot.Columns
	expires []int64 // Unix time in nanoseconds
	ids     []string
	due     int64 // as expires: no row expires earlier

	length, lost float64 // the most that any row may have, and that one has lost: see slack
}

func newBlock(dim int) *block { return &block{dim: dim, due: math.MaxInt64} }

// row is one profile of a block.
type row struct {
	id      string
	expires int64
	vector  []float32
	side    side
}

// append adds a row; the block must not be full.
func (b *block) append(r row) {
	if b.n == len(b.ids) {
		b.grow(min(blockRows, max(16, 4*b.n)))
	}
	b.n++
	b.set(b.n-1, r)
}

// set replaces a row.
func (b *block) set(i int, r row) {
	scale, lost := quantise(r.vector, b.highOf(i), b.lowOf(i))
	b.length, b.lost = max(b.length, longest(scale, b.dim)), max(b.lost, lost)
	b.columns[dot.Scale][i] = scale
	b.columns[dot.Bias][i], b.columns[dot.Slope][i] = float32(r.side.bias), float32(r.side.score)
	for q, x := range r.side.x {
		b.columns[dot.X+q][i] = float32(x)
	}
	b.expires[i], b.ids[i] = r.expires, r.id
	b.due = min(b.due, r.expires)
}

// move copies row j of another block, or of this one, to row i.
func (b *block) move(i int, from *block, j int) {
	copy(b.highOf(i), from.highOf(j))
	copy(b.lowOf(i), from.lowOf(j))
	for k := range b.columns {
		b.columns[k][i] = from.columns[k][j]
	}
	b.expires[i], b.ids[i] = from.expires[j], from.ids[j]
	b.length, b.lost, b.due = max(b.length, from.length), max(b.lost, from.lost), min(b.due, from.expires[j])
}

// drop overwrites the last row, and what its voiceprint says of the audio, and removes it.
func (b *block) drop() {
	b.n--
	clear(b.highOf(b.n))
	clear(b.lowOf(b.n))
	for k := range b.columns {
		b.columns[k][b.n] = 0
	}
	b.expires[b.n], b.ids[b.n] = 0, ""
}

// wipe overwrites all rows. The block is of no use afterwards.
func (b *block) wipe() {
	clear(b.high)
	clear(b.low)
	for k := range b.columns {
		clear(b.columns[k])
	}
	clear(b.expires)
	if len(b.ids) == blockRows {
		free(b.high)
		free(b.low)
	}
	*b = block{}
}

// grow makes room for so many rows. What held them is overwritten.
func (b *block) grow(rows int) {
	old := *b
	if w := width(b.dim); rows == blockRows {
		b.high, b.low = newMemory[int8](rows*w), newMemory[int16](rows*b.dim)
		copy(b.high, old.high)
		copy(b.low, old.low)
	} else {
		b.high, b.low = extended(old.high, rows*w), extended(old.low, rows*b.dim)
	}
	for k := range b.columns {
		b.columns[k] = extended(old.columns[k], rows)
	}
	b.expires, b.ids = extended(old.expires, rows), extended(old.ids, rows)
	old.wipe()
}

func extended[T any](s []T, n int) []T {
	t := make([]T, n)
	copy(t, s)
	return t
}

func (b *block) highOf(i int) []int8 {
	w := width(b.dim)
	return b.high[i*w : (i+1)*w]
}

func (b *block) lowOf(i int) []int16 { return b.low[i*b.dim : (i+1)*b.dim] }

// product is the dot product of v and a row.
func (b *block) product(v timbre.Embedding, i int) float64 {
	return float64(dot.Fixed(v, b.highOf(i), b.lowOf(i))) * float64(b.columns[dot.Scale][i]) / lowSteps
}

// productWith is the dot product of row i and row j of a block.
func (b *block) productWith(i int, other *block, j int) float64 {
	var sum int64 // of products of 46 bits
	high, low := other.highOf(j), other.lowOf(j)
	mine := b.highOf(i)
	for k, n := range b.lowOf(i) {
		sum += int64(int32(mine[k])<<dot.LowBits+int32(n)) * int64(int32(high[k])<<dot.LowBits+int32(low[k]))
	}
	return float64(sum) * (float64(b.columns[dot.Scale][i]) / lowSteps) * (float64(other.columns[dot.Scale][j]) / lowSteps)
}

// side is that of a row.
func (b *block) side(i int) side {
	s := side{bias: float64(b.columns[dot.Bias][i]), score: float64(b.columns[dot.Slope][i])}
	for q := range s.x {
		s.x[q] = float64(b.columns[dot.X+q][i])
	}
	return s
}
