package metric

import (
	"math"
	"math/rand/v2"
	"testing"
)

// honest makes trials of n people whose scores are true log-likelihood ratios: normal with the mean ±d²/2 and the standard deviation d.
func honest(n int, r *rand.Rand) (all []Trial) {
	const d = 3.0
	for a := range n {
		for b := range n {
			t := Trial{Score: d*r.NormFloat64() - d*d/2, Target: a == b, A: a, B: b}
			if t.Target {
				t.Score += d * d
			}
			all = append(all, t)
		}
	}
	return all
}

func distort(all []Trial, offset, scale float64) []Trial {
	out := make([]Trial, len(all))
	for i, x := range all {
		x.Score = (x.Score - offset) / scale
		out[i] = x
	}
	return out
}

func TestAffineFindsTheLineThatWasUndone(t *testing.T) {
	all := honest(300, rand.New(rand.NewPCG(1, 1)))
	line := FitAffine(NewTrials(distort(all, 1.5, 0.7)), 300)
	if math.Abs(line.Offset-1.5) > 0.4 || math.Abs(line.Scale-0.7) > 0.15 {
		t.Errorf("got %+v, want about 1.5 and 0.7", line)
	}
	before, after := HeldOut(distort(all, 1.5, 0.5), 300, 5, 1)
	if best := NewTrials(all).Cllr(); after > before-0.02 || after > best*1.1+0.01 {
		t.Errorf("got %v before and %v after, want about %v", before, after, best)
	}
}

func TestFewPeopleChangeLittle(t *testing.T) {
	for _, n := range []int{2, 3} { // all scores separable: without the prior the scale would grow without end
		line := FitAffine(NewTrials(scores([]float64{5, 6}, []float64{-5, -6, -7})), n)
		if line.Scale < 0.9 || line.Scale > 1.3 || math.Abs(line.Offset) > 0.5 {
			t.Errorf("%d people: got %+v, want about nothing", n, line)
		}
	}
	if line := FitAffine(NewTrials(scores(nil, []float64{1})), 1); line != (Affine{0, 1}) {
		t.Errorf("no targets: got %+v, want no change", line)
	}
}

func TestAffineNeverTurnsTheOrderRound(t *testing.T) {
	all := honest(40, rand.New(rand.NewPCG(2, 1)))
	for i := range all {
		all[i].Target = !all[i].Target
	}
	if line := FitAffine(NewTrials(all), 40); line.Scale < leastScale {
		t.Errorf("got scale %v, want at least %v", line.Scale, leastScale)
	}
}
