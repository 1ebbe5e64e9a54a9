package metric

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
)

// Figure is a measured value with its 95 % interval, in which it lies for 95 % of the draws of other people. NaN: it cannot be
// measured.
type Figure struct{ Value, Low, High float64 }

// MarshalJSON leaves out what could not be measured.
func (f Figure) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Value *float64 `json:"value"`
		Low   *float64 `json:"low"`
		High  *float64 `json:"high"`
	}{number(f.Value), number(f.Low), number(f.High)})
}

func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// Figures are the figures of one set of trials.
type Figures struct {
	EER     Figure `json:"eer"`
	FRRAt1  Figure `json:"frrAtFar1Percent"`
	FRRAt01 Figure `json:"frrAtFar0.1Percent"`
	MinDCF  Figure `json:"minDcf"` // at TargetPrior
	Cllr    Figure `json:"cllr"`
	MinCllr Figure `json:"minCllr"`
}

// list is the figures in the order of their computation.
func (f *Figures) list() []*Figure {
	return []*Figure{&f.EER, &f.FRRAt1, &f.FRRAt01, &f.MinDCF, &f.Cllr, &f.MinCllr}
}

// Measure computes the figures of trials of so many people. The intervals are of draws of the people with replacement: trials that
// share a voice are not independent, so drawing trials would give intervals that are far too narrow.
func (t Trials) Measure(people, draws int, seed uint64) (f Figures) {
	var room scratch
	values := t.values(nil, &room)
	for i, x := range f.list() {
		x.Value = values[i]
	}
	samples := Bootstrap(people, draws, seed, func(w []float64) []float64 { return t.values(w, &room) })
	for i, x := range f.list() {
		x.Low, x.High = interval(samples, i)
	}
	return f
}

// scratch is memory that all draws use.
type scratch struct {
	points []Point
	blocks []block
}

func (t Trials) values(w weights, room *scratch) []float64 {
	points := t.points(w, room.points)
	if points != nil {
		room.points = points
	}
	if room.blocks == nil {
		room.blocks = make([]block, 0, len(t.sorted))
	}
	return []float64{
		EER(points), FRRAt(points, 0.01), FRRAt(points, 0.001), MinDCF(points, TargetPrior),
		t.cllr(w), t.minCllr(w, room.blocks),
	}
}

// Bootstrap computes values for draws of the people with replacement. values gets how often each person was drawn.
func Bootstrap(people, draws int, seed uint64, values func(drawn []float64) []float64) [][]float64 {
	if people < 2 {
		return nil
	}
	r := rand.New(rand.NewPCG(seed, 1))
	all, drawn := make([][]float64, draws), make([]float64, people)
	for i := range all {
		clear(drawn)
		for range people {
			drawn[r.IntN(people)]++
		}
		all[i] = values(drawn)
	}
	return all
}

// interval is the 2.5th and the 97.5th percentile of one value; draws in which it cannot be measured are left out.
func interval(samples [][]float64, value int) (low, high float64) {
	var x []float64
	for _, s := range samples {
		if !math.IsNaN(s[value]) {
			x = append(x, s[value])
		}
	}
	if len(x) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(x)
	out := len(x) / 40
	return x[out], x[len(x)-1-out]
}

// Interval is the figure of a value and of its draws.
func Interval(value float64, samples [][]float64, at int) Figure {
	low, high := interval(samples, at)
	return Figure{value, low, high}
}
