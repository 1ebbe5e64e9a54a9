package search

import "math"

// line is an llr as it grows with the score: bias + slope·score.
type line struct{ bias, slope float64 }

// most is the greatest magnitude that both have, with rounding, for a caller and any profile.
func (c *Calibration) most(caller *side) line {
	most := line{math.Abs(c.Bias) + math.Abs(caller.bias), math.Abs(c.Score + caller.score)}
	for i, q := range c.Quantities() {
		reach := max(q.Usual-q.Min, q.Max-q.Usual)
		most.bias += reach * math.Abs(q.Bias)
		most.slope += reach * math.Abs(q.Score)
		if x := caller.x[i]; x == x {
			gap := math.Abs(x) + reach + q.Gap.Usual
			most.bias += gap * math.Abs(q.Gap.Bias)
			most.slope += gap * math.Abs(q.Gap.Score)
		}
	}
	return most
}

// flattest is the least that a quantity adds to the weight of the score, over all conditions of both sides. What it adds is linear
// between the ends of the range and where both sides are equal, so the least is at an end.
func (q *Quantity) flattest() float64 {
	low, high := q.Min-q.Usual, q.Max-q.Usual
	gap := func(d float64) float64 { return q.Gap.Score * (d - q.Gap.Usual) }
	return min(
		2*q.Score*low+gap(0), 2*q.Score*high+gap(0), q.Score*(low+high)+gap(high-low),
		q.Score*low, q.Score*high, 0, // one side or both are unknown
	)
}
