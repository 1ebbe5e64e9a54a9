package search

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"timbre/models"
)

// The calibration file states the formula in words; this is the formula with its numbers.
func TestProbabilityFollowsTheFormula(t *testing.T) {
	c := calibration(t)
	for _, x := range []struct {
		score      float64
		one, other time.Duration
	}{
		{0.95, 20 * time.Second, 10 * time.Second},
		{0.90, 20 * time.Second, 10 * time.Second},
		{0.70, 3 * time.Second, 20 * time.Second},
		{0.99, 200 * time.Second, time.Millisecond},
	} {
		t.Run(fmt.Sprintf("%+v", x), func(t *testing.T) {
			sec := func(d time.Duration) float64 { return max(1, min(30, d.Seconds())) }
			l, s := max(sec(x.one), sec(x.other)), min(sec(x.one), sec(x.other))
			logit := -17.89725287050738 + 38.64165590665269*x.score - 1.7216624352093113*math.Log(l) - 1.470872330463062*
				math.Log(s) - 0.04697944708692974*x.score*math.Log(s)
			if got, want := c.Probability(x.score, x.one, x.other), 1/(1+math.Exp(-logit)); math.Abs(got-want) > 1e-12 {
				t.Errorf("%+v: got %v, want %v", x, got, want)
			}
		})
	}
}

func TestProbabilityIncreasesWithTheScoreInAnyOrder(t *testing.T) {
	c, r := calibration(t), rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		one, other := time.Duration(r.Int64N(60e9)), time.Duration(r.Int64N(60e9))
		low := -1 + 2*r.Float64()
		high := low + (1-low)*r.Float64()
		a, b := c.Probability(low, one, other), c.Probability(high, one, other)
		if a > b || a < 0 || b > 1 {
			t.Fatalf("scores %v and %v: got %v and %v, want increasing probabilities", low, high, a, b)
		}
		if c.Probability(low, other, one) != a {
			t.Fatalf("net speech of %v and %v: got a probability that depends on the order", one, other)
		}
	}
}

// The calibration file states the probability of each of its operating points.
func TestOperatingPointsOfTheFile(t *testing.T) {
	var f struct {
		Thresholds map[string]json.RawMessage
	}
	if err := json.Unmarshal(models.Calibration(), &f); err != nil {
		t.Fatal(err)
	}
	n := 0
	for name, raw := range f.Thresholds {
		var p struct{ Logit, Probability float64 }
		if json.Unmarshal(raw, &p) != nil {
			continue // a note
		}
		if n++; math.Abs(probability(p.Logit)-p.Probability) > 1e-3 {
			t.Errorf("%s: logit %v: got %v, want %v", name, p.Logit, probability(p.Logit), p.Probability)
		}
	}
	if n < 2 {
		t.Errorf("got %d operating points, want at least 2", n)
	}
}

func TestParseCalibrationRefusesNonsense(t *testing.T) {
	for _, doc := range []string{
		`{`, `{}`, `{"min_s": 5, "max_s": 1, "score": 1}`, `{"min_s": 1, "max_s": 30, "score": -1}`,
		`{"min_s": 1, "max_s": 30, "score": 1, "score_log_short": -1}`,
	} {
		t.Run(doc, func(t *testing.T) {
			if c, err := ParseCalibration([]byte(doc)); err == nil {
				t.Errorf("%s: got %+v, want an error", doc, c)
			}
		})
	}
}
