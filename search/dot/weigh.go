package dot

// Gaps is how many quantities of a row a query is compared in.
const Gaps = 4

// The columns of rows.
const (
	Scale = iota // of the row's products
	Bias
	Slope
	X                     // the quantities; NaN where one is unknown
	NumColumns = X + Gaps // how many columns there are
)

// Columns are numbers of rows, a slice for each of them.
type Columns [NumColumns][]float32

// Weights are what a query makes of a row's product: a logarithm of a likelihood ratio
//
//	Bias + b + Σ Gaps.Bias·d + (Slope + s + Σ Gaps.Slope·d) · product·Scale·scale
//
// where b, s and scale are those of the row, and d, for each quantity that is known on both sides, is |Gaps.X − x| − Gaps.Usual.
type Weights struct {
	Bias, Slope, Scale float32
	Least              float32 // what is not below is marked
	Gaps               [Gaps]Gap
}

// Gap weighs the difference between both sides in one quantity.
type Gap struct{ X, Usual, Bias, Slope float32 }

// Weigh writes what the products of rows weigh to out. Bit i%8 of marks[i/8] is set for each row i whose weight is not below w.Least, and for
// none else. It returns the sum of all others. The slices must be as long as products, and marks an eighth.
func Weigh(w *Weights, c *Columns, products []int32, out []float32, marks []uint8) (sum float32) {
	n := len(products)
	whole := n / 8 * 8
	out, marks = out[:n], marks[:(n+7)/8]
	for _, column := range c {
		_ = column[:n]
	}
	if whole > 0 {
		sum = weigh(w, c, products[:whole], out, marks)
	}
	if whole < n {
		rest := *c
		for i := range rest {
			rest[i] = rest[i][whole:]
		}
		sum += weighPortable(w, &rest, products[whole:], out[whole:], marks[whole/8:])
	}
	return sum
}

// weighPortable is the reference, and what runs where there is no other.
func weighPortable(w *Weights, c *Columns, products []int32, out []float32, marks []uint8) (sum float32) {
	clear(marks[:(len(products)+7)/8])
	for i, product := range products {
		bias, slope := w.Bias+c[Bias][i], w.Slope+c[Slope][i]
		for k := range w.Gaps {
			g := &w.Gaps[k]
			d := g.X - c[X+k][i]
			if d < 0 {
				d = -d
			}
			if d -= g.Usual; d == d { // NaN where a side is unknown
				bias += g.Bias * d
				slope += g.Slope * d
			}
		}
		out[i] = bias + slope*(float32(product)*c[Scale][i]*w.Scale)
		if out[i] < w.Least {
			sum += out[i]
		} else {
			marks[i/8] |= 1 << (i % 8)
		}
	}
	return sum
}
