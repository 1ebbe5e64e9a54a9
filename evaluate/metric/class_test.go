package metric

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// Three classes, worked out by hand.
func TestClassKnownAnswers(t *testing.T) {
	items := []Classified{
		{0, 0, []float64{0.8, 0.1, 0.1}},
		{0, 0, []float64{0.2, 0.7, 0.1}},
		{1, 1, []float64{0.1, 0.8, 0.1}},
		{1, 2, []float64{0.3, 0.3, 0.4}},
		{2, 2, []float64{0.45, 0.45, 0.1}},
		{2, 2, nil},
	}
	c := MeasureClasses(items, 3, 2, 3, 50, 1)
	near(t, "recall of 0", c.Recall[0].Value, 0.5)
	near(t, "recall of 1", c.Recall[1].Value, 1)
	near(t, "recall of 2", c.Recall[2].Value, 1.0/3)
	near(t, "UAR", c.UAR.Value, (0.5+1+1.0/3)/3)
	near(t, "AUC", c.AUC.Value, (3+1.5)/6) // 0.4 is above all three others, 0.1 ties with them
	// Ranges: 0.8: two right; 0.7: one wrong; 0.4 and 0.45: one of two right.
	near(t, "calibration error", c.ECE.Value, (0.4+0.7+0.15)/5)
	want := [][]int{{1, 1, 0, 0}, {0, 1, 0, 0}, {1, 0, 1, 1}}
	if got := Confusion(items, 3); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	bins := Confidence(items, 10)
	if len(bins) != 3 || bins[2].Trials != 2 || bins[2].True != 1 || bins[0].True != 0.5 {
		t.Errorf("got %+v, want three ranges", bins)
	}
}

func TestAUCOfChanceAndOfCertainty(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var chance, certain []Classified
	for i := range 4000 {
		x := Classified{Person: i % 50, Truth: r.IntN(2)}
		p := r.Float64()
		x.Scores = []float64{1 - p, p}
		chance = append(chance, x)
		x.Scores = []float64{1 - float64(x.Truth), float64(x.Truth)}
		certain = append(certain, x)
	}
	if c := MeasureClasses(chance, 2, 1, 50, 100, 1); c.AUC.Low > 0.5 || c.AUC.High < 0.5 || math.Abs(c.UAR.Value-0.5) > 0.03 {
		t.Errorf("chance: got %+v, want about a half", c)
	}
	c := MeasureClasses(certain, 2, 1, 50, 10, 1)
	near(t, "AUC", c.AUC.Value, 1)
	near(t, "UAR", c.UAR.Low, 1)
}

func TestAbsentClassIsNotANumber(t *testing.T) {
	c := MeasureClasses([]Classified{{0, 0, []float64{1, 0, 0}}}, 3, 2, 1, 10, 1)
	if c.UAR.Value != 1 || !math.IsNaN(c.Recall[1].Value) || !math.IsNaN(c.AUC.Value) {
		t.Errorf("got %+v, want no recall of an absent class", c)
	}
}
