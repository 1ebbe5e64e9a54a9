package search

import (
	"math"
	"math/bits"

	"timbre/search/dot"
)

// pass is a scan of some blocks for a query. It weighs every row by its quantised vector, and keeps those that may be among the best or count
// in the sum. Those it compares exactly, once the others have said how good the best are.
type pass struct {
	query    *query
	kept     []kept
	best     top // of the llrs that rows have at least
	evidence evidence
}

// kept is a row, and the llr that it has at most.
type kept struct {
	at   int
	llr  float64
	most float64
}

// scratch is what a pass computes of the rows of a block.
type scratch struct {
	products [blockRows]int32
	llrs     [blockRows]float32
	marks    [blockRows / 8]uint8
}

// enough is how many rows a pass keeps before it compares them.
const enough = 8 * blockRows

// scan weighs the rows of a block.
func (p *pass) scan(x *index, at int, s *scratch) {
	b, first := x.blocks[at], at*blockRows
	doubt := p.query.doubt(b)
	products := s.products[:b.n]
	dot.Rows8(p.query.small.values, b.high[:b.n*width(b.dim)], products)
	w := p.query.weights
	w.Least = math.Nextafter32(float32(p.least()-doubt), float32(math.Inf(-1)))
	sum, passed := dot.Weigh(&w, &b.columns, products, s.llrs[:], s.marks[:]), b.n
	for i, marked := range s.marks[:(b.n+7)/8] {
		for ; marked != 0; marked &= marked - 1 {
			row := 8*i + bits.TrailingZeros8(marked)
			p.keep(first+row, float64(s.llrs[row]), doubt)
			passed--
		}
	}
	p.evidence.pass(passed, float64(sum))
	if len(p.kept) > enough {
		p.settle(x)
	}
}

// keep keeps a row unless better ones have come meanwhile.
func (p *pass) keep(at int, llr, doubt float64) {
	if llr+doubt < p.least() {
		p.evidence.pass(1, llr)
		return
	}
	p.kept = append(p.kept, kept{at, llr, llr + doubt})
	p.best.add(llr - doubt)
}

// least is the llr below which a profile is neither among the best nor counts in the sum.
func (p *pass) least() float64 { return min(p.best.least(), p.evidence.nobody-reach) }

// settle compares the rows that it has kept, and may still matter, exactly.
func (p *pass) settle(x *index) {
	for _, k := range p.kept {
		if k.most < p.least() {
			p.evidence.pass(1, k.llr)
			continue
		}
		b, i := x.at(k.at)
		p.evidence.add(candidate{k.at, p.query.llr(b, i), b.ids[i]})
	}
	p.kept = p.kept[:0]
}
