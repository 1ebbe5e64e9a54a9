package tone

import (
	"math/rand/v2"
	"testing"

	"timbre"
)

func TestCalibrationLowersLogOdds(t *testing.T) {
	in := timbre.Tone{Positive: 0.3, Neutral: 0.3, Negative: 0.4}
	got, want := Calibration{Shift: Odds{1, 2}}.apply(in), oddsOf(in).plus(-1, Odds{1, 2}).tone()
	if !near(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A calibration decides what is called negative, and never which of two looks is the more negative.
func TestCalibrationKeepsRanking(t *testing.T) {
	r, c := rand.New(rand.NewPCG(3, 4)), Calibration{Shift: Odds{0.7, 1.9}}
	random := func() timbre.Tone {
		p, n := r.Float64(), r.Float64()
		return timbre.Tone{Positive: p / 2, Neutral: 1 - p/2 - n/2, Negative: n / 2}
	}
	for range 1000 {
		a, b := random(), random()
		x, y := c.apply(a), c.apply(b)
		if (a.Negative > b.Negative) != (x.Negative > y.Negative) || (a.Positive > b.Positive) != (x.Positive > y.Positive) {
			t.Fatalf("got %+v and %+v of %+v and %+v, want the same order", x, y, a, b)
		}
	}
}

func TestUnusableCalibrationIsRefused(t *testing.T) {
	for name, document := range map[string]string{
		"no JSON":                            `{`,
		"a raised score":                     `{"shift": {"negative": -1}, "plain": {"positive": -3, "negative": -3}}`,
		"a raised score of a known voice":    `{"shift": {"negative": 1}, "known": {"negative": 2}, "plain": {"positive": -3, "negative": -3}}`,
		"plain reading is negative":          `{"shift": {"negative": 1}, "plain": {"positive": -3, "negative": 1}}`,
		"a known voice is negative":          `{"shift": {"negative": 2}, "known": {"negative": 2}, "plain": {"positive": -3, "negative": -1}}`,
		"the mean of plain reading left out": `{"shift": {"negative": 1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := ParseCalibration([]byte(document)); timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("got %+v, %v, want Invalid", got, err)
			}
		})
	}
}
