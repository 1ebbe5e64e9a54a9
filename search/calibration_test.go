package search

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"timbre"
	"timbre/models"
)

// The model's own calibration is usable, is of the model, and is written in the present form.
func TestCalibrationOfTheShippedModel(t *testing.T) {
	c, err := ParseCalibration(models.Calibration())
	if err != nil {
		t.Fatal(err)
	}
	if is := models.Speaker(); c.Model != is.Name || c.Version != is.Version {
		t.Errorf("got a calibration of model %s %s for %s", c.Model, c.Version, is)
	}
}

// The calibration's comment states the formula; this is the formula with its numbers.
func TestLLRFollowsTheFormula(t *testing.T) {
	c := calibration(t)
	v := timbre.Voiceprint{Net: 10 * time.Second, Condition: timbre.Condition{Level: -70, SNR: 10, Clipped: 0.01}}
	w := timbre.Voiceprint{Net: 40 * time.Second, Condition: timbre.Condition{Level: -25, SNR: 30}}
	const score = 0.6
	speechV, speechW := math.Log(10)-math.Log(15), math.Log(30)-math.Log(15) // the longer one is limited
	want := -12 + 24*score +
		(-1+3*score)*(speechV+speechW) + (0.5-score)*(math.Abs(speechV-speechW)-0.7) +
		(-0.05+0.1*score)*((10-25)+(30-25)) + (0.02-0.04*score)*(20-5) +
		0.01*(-60+25) + // the quieter one is limited, the other usual
		(0.1-0.1*score)*1
	if got := c.LLR(score, v, w); math.Abs(got-want) > 1e-5 {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := c.Probability(score, v, w), 1/(1+math.Exp(-want)); math.Abs(got-want) > 1e-6 {
		t.Errorf("got probability %v, want %v", got, want)
	}
}

// randomCondition is often unknown in part.
func randomCondition(r *rand.Rand) (v timbre.Voiceprint) {
	if r.IntN(5) > 0 {
		v.Net = time.Duration(r.Int64N(60e9))
	}
	if r.IntN(3) > 0 {
		v.Condition = timbre.Condition{Level: float32(-70 * r.Float64()), SNR: float32(60 * r.Float64()), Clipped: float32(0.3 * r.Float64())}
	}
	return v
}

func TestLLRIncreasesWithTheScoreInAnyOrder(t *testing.T) {
	shipped, err := ParseCalibration(models.Calibration())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]Calibration{"shipped": shipped, "another": calibration(t)} {
		r := rand.New(rand.NewPCG(1, 1))
		for range 5000 {
			one, other := randomCondition(r), randomCondition(r)
			low := -1 + 2*r.Float64()
			high := low + (1-low)*r.Float64() + 1e-6
			a, b := c.LLR(low, one, other), c.LLR(high, one, other)
			if !(a < b) {
				t.Fatalf("%s: scores %v and %v of %+v and %+v: got %v and %v, want them to increase", name, low, high, one, other, a, b)
			}
			if c.LLR(low, other, one) != a {
				t.Fatalf("%s: %+v and %+v: got a ratio that depends on the order", name, one, other)
			}
		}
	}
}

func TestUnknownConditionIsUsual(t *testing.T) {
	c := calibration(t)
	usual := timbre.Voiceprint{Net: 15 * time.Second, Condition: timbre.Condition{Level: -25, SNR: 25}}
	c.Speech.Gap.Usual, c.SNR.Gap.Usual = 0, 0 // both sides are usual, and so is their difference
	for _, score := range []float64{-0.5, 0, 0.9} {
		if got, want := c.LLR(score, timbre.Voiceprint{}, timbre.Voiceprint{}), c.LLR(score, usual, usual); math.Abs(got-want) > 1e-9 {
			t.Errorf("score %v: got %v for unknown conditions, want %v as for usual ones", score, got, want)
		}
	}
	broken := timbre.Voiceprint{Condition: timbre.Condition{Level: float32(math.NaN()), SNR: float32(math.Inf(1))}}
	if got, want := c.LLR(0.5, broken, usual), c.LLR(0.5, timbre.Voiceprint{}, usual); got != want {
		t.Errorf("got %v for a condition of no numbers, want %v as for an unknown one", got, want)
	}
}

func TestParseCalibrationRefusesNonsense(t *testing.T) {
	for name, spoil := range map[string]func(*Calibration){
		"an earlier form":              func(c *Calibration) { c.Form = 1 },
		"a score that counts against":  func(c *Calibration) { c.Score = -1 },
		"no weight for short speech":   func(c *Calibration) { c.Speech.Score = 10 },
		"a gap that outweighs":         func(c *Calibration) { c.SNR.Gap.Score = -1 },
		"a range without usual values": func(c *Calibration) { c.SNR.Min, c.SNR.Max = 5, 1 },
		"strangers all alike":          func(c *Calibration) { c.Strangers.Spread = 0 },
		"no tail":                      func(c *Calibration) { c.Strangers.Tail = Tail{} },
		"a tail without a mean":        func(c *Calibration) { c.Strangers.Tail.Shape = 1 },
		"more speech that is no use":   func(c *Calibration) { c.More.Spread = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			c := calibration(t)
			spoil(&c)
			document, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := ParseCalibration(document); timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("got %+v and %v, want Invalid", c, err)
			}
		})
	}
	for _, document := range []string{`{`, `{}`, `{"form": 2}`, `[]`} {
		if c, err := ParseCalibration([]byte(document)); timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("%s: got %+v and %v, want Invalid", document, c, err)
		}
	}
}
