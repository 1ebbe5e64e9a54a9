package metric

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// scores makes trials of two people a trial.
func scores(targets, others []float64) (all []Trial) {
	for i, s := range targets {
		all = append(all, Trial{Score: s, Target: true, A: i, B: i})
	}
	for i, s := range others {
		all = append(all, Trial{Score: s, A: i, B: i + 1})
	}
	return all
}

// normal makes trials of n people with normally distributed scores: an enrolment and two tests each, against everybody.
func normal(n int, r *rand.Rand) (all []Trial) {
	for a := range n {
		shift := r.NormFloat64()
		for range 2 {
			for b := range n {
				t := Trial{Score: 1.5*r.NormFloat64() - 3, Target: a == b, A: a, B: b}
				if t.Target {
					t.Score += 6 + shift
				}
				all = append(all, t)
			}
		}
	}
	return all
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// Two of four targets lie below the best two of five non-targets. The figures are worked out by hand.
func TestKnownAnswers(t *testing.T) {
	s := NewTrials(scores([]float64{-1, 0.5, 2, 3}, []float64{-3, -2, -0.5, 0, 1}))
	p := s.Points()
	// FRR and FAR: -1: 0, 3/5; -0.5: 1/4, 3/5; 0: 1/4, 2/5; 0.5: 1/4, 1/5. The lines cross between 0 and 0.5, where FRR is 1/4.
	near(t, "EER", EER(p), 0.25)
	near(t, "FRR at FAR 0.2", FRRAt(p, 0.2), 0.25)
	near(t, "FRR at FAR 0.1", FRRAt(p, 0.1), 0.5)
	near(t, "minDCF at one half", MinDCF(p, 0.5), 0.25+0.2)
	near(t, "minDCF at 0.01", MinDCF(p, 0.01), 0.5)
	want := 0.0
	for _, x := range []float64{-1, 0.5, 2, 3} {
		want += math.Log2(1+math.Exp(-x)) / 4
	}
	for _, x := range []float64{-3, -2, -0.5, 0, 1} {
		want += math.Log2(1+math.Exp(x)) / 5
	}
	near(t, "Cllr", s.Cllr(), want/2)
	// Blocks: {-3, -2}; {-1, -0.5, 0}: 1/4 and 2/5; {0.5, 1}: 1/4 and 1/5; {2, 3}.
	low, mid := math.Log(0.25/0.4), math.Log(0.25/0.2)
	best := 0.25*math.Log2(1+math.Exp(-low)) + 0.4*math.Log2(1+math.Exp(low)) + 0.25*math.Log2(1+math.Exp(-mid)) + 0.2*math.Log2(1+math.Exp(mid))
	near(t, "min Cllr", s.MinCllr(), best/2)
}

func TestSeparableScoresHaveNoErrors(t *testing.T) {
	s := NewTrials(scores([]float64{5, 6, 7}, []float64{-9, -8, 1}))
	f := s.Measure(4, 50, 1)
	for i, x := range f.list() {
		if i != 4 && x.Value != 0 {
			t.Errorf("figure %d: got %v, want 0", i, x.Value)
		}
	}
}

func TestScoresThatSayNothingCostOneBit(t *testing.T) {
	s := NewTrials(scores([]float64{0, 0, 0}, []float64{0, 0}))
	near(t, "Cllr", s.Cllr(), 1)
	near(t, "min Cllr", s.MinCllr(), 1)
	near(t, "EER", EER(s.Points()), 0.5)
	near(t, "minDCF", MinDCF(s.Points(), 0.01), 1)
}

func TestErrorRatesDoNotChangeUnderAMonotoneMap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		trials := normal(12, r)
		mapped := slices.Clone(trials)
		for i := range mapped {
			mapped[i].Score = math.Exp(mapped[i].Score/3) - 7
		}
		a, b := NewTrials(trials).Measure(12, 5, 1), NewTrials(mapped).Measure(12, 5, 1)
		near(t, "EER", b.EER.Value, a.EER.Value)
		near(t, "FRR", b.FRRAt1.Value, a.FRRAt1.Value)
		near(t, "minDCF", b.MinDCF.Value, a.MinDCF.Value)
		near(t, "min Cllr", b.MinCllr.Value, a.MinCllr.Value)
		near(t, "lower end of the EER", b.EER.Low, a.EER.Low)
	}
}

func TestCllrIsAtLeastItsMinimum(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for range 200 {
		trials := normal(6, r)
		for i := range trials {
			trials[i].Score = math.Round(trials[i].Score * r.Float64() * 2) // ties
			trials[i].Refused = r.IntN(9) == 0
		}
		s := NewTrials(trials)
		if got, least := s.Cllr(), s.MinCllr(); got < least-1e-12 || least < 0 || least > 1+1e-12 {
			t.Fatalf("got Cllr %v and its minimum %v, want 0 ≤ minimum ≤ Cllr, 1", got, least)
		}
	}
}

// The minimum is one of the best among all monotone maps to a few values.
func TestMinCllrIsNotAboveAnyStepMap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	trials := normal(8, r)
	least := NewTrials(trials).MinCllr()
	for range 1000 {
		steps, values := []float64{}, []float64{}
		for range 3 {
			steps, values = append(steps, 12*r.Float64()-6), append(values, 12*r.Float64()-6)
		}
		values = append(values, 6)
		slices.Sort(steps)
		slices.Sort(values)
		mapped := slices.Clone(trials)
		for i := range mapped {
			at, _ := slices.BinarySearch(steps, mapped[i].Score)
			mapped[i].Score = values[at]
		}
		if got := NewTrials(mapped).Cllr(); got < least-1e-12 {
			t.Fatalf("got Cllr %v by steps %v to %v, want at least %v", got, steps, values, least)
		}
	}
}

func TestRefusedTrialsAreMissesThatSayNothing(t *testing.T) {
	trials := scores([]float64{5, 6, 7, 8}, []float64{-9, -8, -7, -6})
	trials[0].Refused, trials[7].Refused = true, true
	s := NewTrials(trials)
	near(t, "FRR", FRRAt(s.Points(), 0.01), 0.25)
	near(t, "min Cllr", s.MinCllr(), 0.25)
	if c := s.Count(); c != (Count{4, 4, 1, 1}) {
		t.Errorf("got %+v, want one of four refused of each", c)
	}
	for i := range trials {
		trials[i].Refused = true
	}
	s = NewTrials(trials)
	near(t, "Cllr of nothing but refused trials", s.Cllr(), 1)
	near(t, "FRR of nothing but refused trials", FRRAt(s.Points(), 0.01), 1)
}

func TestFiguresWithoutTargetsAreNotNumbers(t *testing.T) {
	f := NewTrials(scores(nil, []float64{1, 2})).Measure(3, 10, 1)
	for i, x := range f.list() {
		if !math.IsNaN(x.Value) {
			t.Errorf("figure %d: got %v, want NaN", i, x.Value)
		}
	}
	if b, err := json.Marshal(f.EER); err != nil || string(b) != `{"value":null,"low":null,"high":null}` {
		t.Errorf("got %s, %v, want null", b, err)
	}
}

// If all trials of a person fail together, the interval must be as wide as that of so many people, not of so many trials.
func TestBootstrapDrawsPeople(t *testing.T) {
	const people, each = 40, 50
	var all []Outcome
	for p := range people {
		for range each {
			all = append(all, Outcome{p, p < people/4})
		}
	}
	f := Share(all, people, 2000, 1)
	near(t, "share", f.Value, 0.25)
	width := 2 * 1.96 * math.Sqrt(0.25*0.75/people)
	if got := f.High - f.Low; math.Abs(got-width) > 0.15*width {
		t.Errorf("got an interval of width %v, want about %v", got, width)
	}
}

// A non-target of two people is in as many draws as both are.
func TestWeightsOfADraw(t *testing.T) {
	w := weights{2, 3, 0}
	for _, c := range []struct {
		trial Trial
		want  float64
	}{
		{Trial{Target: true, A: 0, B: 0}, 2},
		{Trial{A: 0, B: 1}, 6},
		{Trial{A: 0, B: 2}, 0},
	} {
		if got := w.of(c.trial); got != c.want {
			t.Errorf("%+v: got %v, want %v", c.trial, got, c.want)
		}
	}
}

func TestIntervalContainsTheTruthMostly(t *testing.T) {
	r, inside := rand.New(rand.NewPCG(5, 1)), 0
	const runs, people = 40, 20
	truth := NewTrials(normal(300, r))
	want := EER(truth.Points())
	for i := range runs {
		if f := NewTrials(normal(people, r)).Measure(people, 200, uint64(i)); f.EER.Low <= want && want <= f.EER.High {
			inside++
		}
	}
	if inside < runs*8/10 {
		t.Errorf("got the true EER %v in %d of %d intervals, want most", want, inside, runs)
	}
}

func TestReliabilityOfHonestProbabilities(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	var honest, bold []Trial
	for range 40000 {
		p := r.Float64()
		x := Trial{Score: math.Log(p / (1 - p)), Target: r.Float64() < p}
		honest = append(honest, x)
		x.Score *= 3
		bold = append(bold, x)
	}
	bins := NewTrials(honest).Reliability(10)
	if len(bins) != 10 || bins[0].Low != 0 || bins[9].High != 1 {
		t.Errorf("got %+v, want ten ranges", bins)
	}
	if got := ECE(bins); got > 0.02 {
		t.Errorf("honest: got a calibration error of %v, want about 0", got)
	}
	if got := ECE(NewTrials(bold).Reliability(10)); got < 0.1 {
		t.Errorf("too bold: got a calibration error of %v, want more than 0.1", got)
	}
}

func TestThinKeepsTheShapeOfACurve(t *testing.T) {
	points := NewTrials(normal(60, rand.New(rand.NewPCG(6, 1)))).Points()
	kept := Thin(points, 50)
	if len(kept) > 110 || kept[0] != points[0] || kept[len(kept)-1] != points[len(points)-1] {
		t.Errorf("got %d of %d points, want about 100 with both ends", len(kept), len(points))
	}
}

func TestHistogramCountsEveryScore(t *testing.T) {
	targets, others := NewTrials(scores([]float64{-99, 0.1, 99}, []float64{-1.5})).Histogram(4, -2, 2)
	if !slices.Equal(targets, []int{1, 0, 1, 1}) || !slices.Equal(others, []int{1, 0, 0, 0}) {
		t.Errorf("got %v and %v", targets, others)
	}
}
