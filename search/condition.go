package search

import (
	"math"

	"timbre"
)

// quantities is how many there are of a condition.
const quantities = 4

// Values are the quantities of a voiceprint's condition in the units of a calibration, and which of them are known: speech, SNR, level
// and clipped share.
type Values struct {
	X     [quantities]float64
	Known [quantities]bool
}

// ValuesOf returns those of a voiceprint.
func ValuesOf(v timbre.Voiceprint) (q Values) {
	c := v.Condition
	q.X = [...]float64{math.Log(v.Net.Seconds()), float64(c.SNR), float64(c.Level), 100 * float64(c.Clipped)}
	q.Known = [...]bool{v.Net > 0, c.SNR != 0, c.Level != 0, c != timbre.Condition{}}
	for i, x := range q.X {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			q.X[i], q.Known[i] = 0, false
		}
	}
	return q
}

// Quantities are those of a calibration in the order of Values.
func (c *Calibration) Quantities() [quantities]*Quantity {
	return [...]*Quantity{&c.Speech, &c.SNR, &c.Level, &c.Clipped}
}

// side is one side of a comparison: its quantities less their usual values, NaN where unknown, and what they add by themselves.
type side struct {
	x           [quantities]float64
	bias, score float64
}

func (c *Calibration) side(v timbre.Voiceprint) (s side) {
	values := ValuesOf(v)
	for i, q := range c.Quantities() {
		s.x[i] = math.NaN()
		if values.Known[i] {
			s.x[i] = q.Above(values.X[i])
			s.bias += q.Bias * s.x[i]
			s.score += q.Score * s.x[i]
		}
	}
	return s
}

// Above is how far x, limited to the range, is above the usual value.
func (q *Quantity) Above(x float64) float64 { return max(q.Min, min(q.Max, x)) - q.Usual }

// gap is what the difference of one quantity between both sides adds.
type gap struct {
	quantity int
	Gap
}

// gaps are those that add anything: few, and the scan of a domain passes them for each profile.
func (c *Calibration) gaps() (all []gap) {
	for i, q := range c.Quantities() {
		if q.Gap.Bias != 0 || q.Gap.Score != 0 {
			all = append(all, gap{i, q.Gap})
		}
	}
	return all
}

// llr is LLR for prepared sides and gaps.
func (c *Calibration) llr(score float64, v, w *side, gaps []gap) float64 {
	bias, slope := c.Bias+(v.bias+w.bias), c.Score+(v.score+w.score)
	for i := range gaps {
		g := &gaps[i]
		if d := math.Abs(v.x[g.quantity]-w.x[g.quantity]) - g.Usual; d == d { // NaN where a side is unknown
			bias += g.Bias * d
			slope += g.Score * d
		}
	}
	return bias + slope*score
}

// Check says why a calibration cannot be used: Internal.
func (c *Calibration) Check() error {
	if err := c.CheckScore(); err != nil {
		return err
	}
	return c.Strangers.check()
}

// CheckScore is Check for all but the strangers.
func (c *Calibration) CheckScore() error {
	const op = "search.Calibration"
	if c.Form != Form {
		return timbre.Errorf(timbre.Invalid, op, "the calibration has form %d, but this version reads form %d", c.Form, Form)
	}
	slope := c.Score
	for i, q := range c.Quantities() {
		if !(q.Min <= q.Usual && q.Usual <= q.Max && q.Gap.Usual >= 0) {
			return timbre.Errorf(timbre.Invalid, op, "the usual %s is not within its range", [...]string{"speech", "snr", "level", "clipped"}[i])
		}
		slope += q.flattest()
	}
	if !(slope > 0) {
		return timbre.Errorf(timbre.Invalid, op, "the likelihood ratio does not grow with the score under every condition")
	}
	if !(c.More.Spread >= 0) {
		return timbre.Errorf(timbre.Invalid, op, "the spread of more_speech is below 0")
	}
	return nil
}

func sigmoid(logit float64) float64 { return 1 / (1 + math.Exp(-logit)) }
