package metric

import (
	"math"
	"math/rand/v2"
)

// Affine is a straight line that maps log-likelihood ratios: the simplest calibration on top of another one. It keeps their order.
type Affine struct {
	Offset float64 `json:"offset"`
	Scale  float64 `json:"scale"`
}

// Of is the image of a log-likelihood ratio.
func (a Affine) Of(llr float64) float64 { return a.Offset + a.Scale*llr }

// What is thought of the line before anything is measured: that it changes nothing, give or take a standard deviation.
const (
	offsetSpread = 2.0
	scaleSpread  = 0.5
	leastScale   = 0.1
)

// FitAffine fits the line by logistic regression: it minimises the Cllr, targets and non-targets counting alike. Trials of one person
// are not independent, so the trials count as much as so many people; the fewer they are, the less the line differs from none.
func FitAffine(t Trials, people int) Affine {
	at := Affine{0, 1}
	targets, others := t.scored()
	if targets == 0 || others == 0 {
		return at
	}
	n := float64(people)
	for range 50 { // Newton's method on a convex function
		g0, g1 := at.Offset/(offsetSpread*offsetSpread), (at.Scale-1)/(scaleSpread*scaleSpread)
		h00, h01, h11 := 1/(offsetSpread*offsetSpread), 0.0, 1/(scaleSpread*scaleSpread)
		for _, x := range t.sorted {
			w, sign := n/2/others, 1.0
			if x.Target {
				w, sign = n/2/targets, -1
			}
			p := 1 / (1 + math.Exp(-sign*at.Of(x.Score))) // of the error
			g0, g1 = g0+w*sign*p, g1+w*sign*p*x.Score
			c := w * p * (1 - p)
			h00, h01, h11 = h00+c, h01+c*x.Score, h11+c*x.Score*x.Score
		}
		det := h00*h11 - h01*h01
		d0, d1 := (h11*g0-h01*g1)/det, (h00*g1-h01*g0)/det
		step := 1.0
		if far := max(math.Abs(d0), math.Abs(d1)); far > 1 {
			step = 1 / far
		}
		at.Offset, at.Scale = at.Offset-step*d0, at.Scale-step*d1
		if math.Abs(d0)+math.Abs(d1) < 1e-10 {
			break
		}
	}
	at.Scale = max(leastScale, at.Scale)
	return at
}

// HeldOut is the Cllr of trials without and with a line that was fitted on other people, averaged over so many folds of the people.
func HeldOut(all []Trial, people, folds int, seed uint64) (before, after float64) {
	fold := make([]int, people)
	for i, k := range rand.New(rand.NewPCG(seed, 1)).Perm(people) {
		fold[k] = i % folds
	}
	count := 0.0
	for f := range folds {
		var in, out []Trial
		for _, x := range all {
			switch a, b := fold[x.A] == f, fold[x.B] == f; {
			case a && b:
				out = append(out, x)
			case !a && !b:
				in = append(in, x)
			}
		}
		line := FitAffine(NewTrials(in), people-people/folds)
		plain := NewTrials(out).Cllr()
		for i := range out {
			out[i].Score = line.Of(out[i].Score)
		}
		if mapped := NewTrials(out).Cllr(); !math.IsNaN(plain) {
			before, after, count = before+plain, after+mapped, count+1
		}
	}
	return before / count, after / count
}
