package search

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"timbre"
)

func TestMappedCalibrationMapsEveryRatio(t *testing.T) {
	c, r := calibration(t), rand.New(rand.NewPCG(7, 1))
	m := c.Mapped(-0.8, 0.6)
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	side := func() timbre.Voiceprint {
		v := timbre.Voiceprint{Net: time.Duration(r.Int64N(40e9))}
		if r.IntN(3) > 0 {
			v.Condition = timbre.Condition{Level: -10 - 40*r.Float32(), SNR: 40 * r.Float32(), Clipped: r.Float32() / 10}
		}
		return v
	}
	for range 500 {
		v, w, score := side(), side(), 2*r.Float64()-1
		if got, want := m.LLR(score, v, w), -0.8+0.6*c.LLR(score, v, w); math.Abs(got-want) > 1e-9 {
			t.Fatalf("score %v of %+v and %+v: got %v, want %v", score, v, w, got, want)
		}
	}
	for _, n := range []int{1, 100} { // the promise demands the same cosine as before
		got, want := m.Strangers.Mean+m.Strangers.least(0.01, n), -0.8+0.6*(c.Strangers.Mean+c.Strangers.least(0.01, n))
		if math.Abs(got-want) > 1e-3 {
			t.Errorf("%d profiles: got floor %v, want %v", n, got, want)
		}
	}
	if c != calibration(t) {
		t.Error("got the calibration itself changed")
	}
}

func TestGuardedCalibrationIsNeverLessStrict(t *testing.T) {
	c, r := calibration(t), rand.New(rand.NewPCG(8, 1))
	usual := math.Hypot(c.Strangers.Voice, c.Strangers.Spread)
	drawn := func(mean, sd float64) (all []Stranger) {
		for range 2000 {
			all = append(all, Stranger{LLR: c.Strangers.Mean + mean + sd*r.NormFloat64()})
		}
		return all
	}
	if g := c.Guarded(drawn(-3, usual/2)); g != c {
		t.Errorf("far and narrow strangers: got %+v, want no change", g.Strangers)
	}
	g := c.Guarded(drawn(1, 2*usual))
	if math.Abs(g.Strangers.Mean-c.Strangers.Mean-1) > 0.3*usual || math.Abs(math.Hypot(g.Strangers.Voice, g.Strangers.Spread)/usual-2) > 0.1 {
		t.Errorf("near and wide strangers: got %+v, want them so", g.Strangers)
	}
	if g := c.Guarded(nil); g != c {
		t.Error("no strangers: got a change")
	}
}

// A domain's own calibration applies to it from the search after it has been fitted, and until the search after it has been revoked.
func TestOwnCalibrationOfADomain(t *testing.T) {
	src, r := &source{}, rand.New(rand.NewPCG(9, 1))
	v := randomVoice(r)
	for _, id := range []string{"own", "other"} {
		src.put(id, profile("p", near(r, v, 0.9)))
	}
	never := calibration(t).Mapped(-100, 1)
	var current *Calibration
	s := New(at(noon), Config{}, Deps{src, calibration(t), func(id string) *Calibration {
		if id == "own" {
			return current
		}
		return nil
	}})
	for _, step := range []struct {
		name string
		own  *Calibration
		want string
	}{{"none", nil, "p"}, {"fitted", &never, ""}, {"revoked", nil, "p"}} {
		current = step.own
		for id, want := range map[string]string{"own": step.want, "other": "p"} {
			found, err := s.Search(t.Context(), id, voiceprint(v))
			if err != nil || ids(found) != want {
				t.Errorf("%s, domain %s: got %q, %v, want %q", step.name, id, ids(found), err, want)
			}
		}
	}
}
