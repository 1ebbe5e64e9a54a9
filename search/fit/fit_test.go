package fit

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"timbre"
	"timbre/search"
)

// people are trials of n people, each enrolled once and calling twice over lines of all kinds: scores of one person are about one
// half higher, less so on noisy lines.
func people(n int, seed uint64) (trials []Trial) {
	r := rand.New(rand.NewPCG(seed, 1))
	voiceprint := func(seconds int, snr float64) timbre.Voiceprint {
		return timbre.Voiceprint{Net: time.Duration(seconds) * time.Second, Condition: timbre.Condition{
			Level: float32(-20 - 20*r.Float64()), SNR: float32(snr), Clipped: float32(0.01 * r.Float64()),
		}}
	}
	for i := range n {
		for call := range 2 {
			snr, offset := 5+30*r.Float64(), 0.03*r.NormFloat64()
			for _, seconds := range []int{10, 20} {
				for j := range n {
					t := Trial{
						Profile: voiceprint(20, 30), Caller: voiceprint(seconds, snr), ProfileID: fmt.Sprint("p", j), CallID: fmt.Sprint(i, "-", call),
						Enrolled: fmt.Sprint(j), Speaking: fmt.Sprint(i), Score: 0.35 + offset + 0.1*r.NormFloat64(),
					}
					if i == j {
						t.Score = 0.55 + 0.01*snr + 0.04*r.NormFloat64()
					}
					trials = append(trials, t)
				}
			}
		}
	}
	return trials
}

func TestCalibrationIsFittedToTheLine(t *testing.T) {
	c, err := Calibrate(people(40, 1))
	if err != nil {
		t.Fatal(err)
	}
	if f := c.Fitted; f.Speakers != 40 || f.Targets != 160 || f.Impostors != 160*39 {
		t.Errorf("got fitted on %+v", f)
	}
	// A score between strangers and a clean line speaks for one person over a noisy line, and less over a clean one.
	profile := timbre.Voiceprint{Net: 20 * time.Second, Condition: timbre.Condition{Level: -30, SNR: 30}}
	noisy, clean := profile, profile
	noisy.Condition.SNR, clean.Condition.SNR = 8, 33
	if a, b := c.LLR(0.65, profile, noisy), c.LLR(0.65, profile, clean); a <= b {
		t.Errorf("got llr %v over a noisy line and %v over a clean one, want more", a, b)
	}
	// The stated probabilities of others come true.
	for _, of := range [][2]float64{{-1, 1}, {1, 3}} {
		var stated, true0, true1 float64
		others := people(40, 2)
		for _, o := range others {
			llr := c.LLR(o.Score, o.Profile, o.Caller)
			if llr < of[0] || llr >= of[1] {
				continue
			}
			if o.Target() {
				true1 += 1.0 / 160
			} else {
				true0 += 1.0 / (160 * 39)
			}
			stated = (of[0] + of[1]) / 2
		}
		if got := math.Log(true1 / true0); math.Abs(got-stated) > 1.2 {
			t.Errorf("llr from %v to %v: got %.2f observed, want about %v", of[0], of[1], got, stated)
		}
	}
	if c.More.Spread <= 0 {
		t.Errorf("got %+v, want what more speech does", c.More)
	}
}

// The share of strangers in other people's calls is what the fit promises.
func TestStrangersOfOtherPeopleAreNamedAsPromised(t *testing.T) {
	c, err := Calibrate(people(40, 3))
	if err != nil {
		t.Fatal(err)
	}
	s := c.Strangers
	if s.Voice <= 0 || s.Spread <= 0 || s.Tail.Shape > 0.15 {
		t.Errorf("got %+v, want a common part, and a tail near that of a normal distribution", s)
	}
	rule := search.Rule{Threshold: 1e-9, Strangers: 0.05}
	var named, calls float64
	for _, call := range callsOf(people(60, 4)) {
		var llrs []float64
		for _, o := range call {
			if !o.Target() {
				llrs = append(llrs, c.LLR(o.Score, o.Profile, o.Caller))
			}
		}
		calls++
		if c.Match(rule, call[0].Caller, llrs) >= 0 {
			named++
		}
	}
	if got := named / calls; got > 0.10 || got < 0.01 {
		t.Errorf("got %.1f %% of strangers named among 59 profiles, want about 5 %%", 100*got)
	}
}

// callsOf are the trials of each call.
func callsOf(trials []Trial) (all [][]Trial) {
	at := map[string]int{}
	for _, t := range trials {
		id := t.CallID + t.Caller.Net.String()
		i, has := at[id]
		if !has {
			i = len(all)
			at[id], all = i, append(all, nil)
		}
		all[i] = append(all[i], t)
	}
	return all
}

func TestTooFewPeopleAreRefused(t *testing.T) {
	for _, n := range []int{0, 1, 10} {
		if c, err := Calibrate(people(n, 5)); timbre.KindOf(err) != timbre.Unprocessable {
			t.Errorf("%d people: got %+v, %v; want Unprocessable", n, c, err)
		}
	}
}

func TestScoresThatSayNothingAreRefused(t *testing.T) {
	trials := people(30, 6)
	for i := range trials {
		if trials[i].Target() {
			trials[i].Score = -trials[i].Score // the higher, the less alike
		}
	}
	if c, err := Calibrate(trials); err == nil {
		t.Errorf("got %+v, want an error", c)
	}
}

// Without a condition, as with voiceprints of earlier versions, only the score counts.
func TestUnknownConditionsAreNoObstacle(t *testing.T) {
	trials := people(30, 7)
	for i := range trials {
		trials[i].Profile, trials[i].Caller = timbre.Voiceprint{}, timbre.Voiceprint{}
	}
	c, err := Calibrate(trials)
	if err != nil {
		t.Fatal(err)
	}
	if c.SNR.Score != 0 || c.Speech.Bias != 0 || c.Score <= 0 {
		t.Errorf("got %+v, want terms of the score alone", c)
	}
}
