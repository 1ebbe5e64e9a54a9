package evaluate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/search"
)

// crowd are comparisons of n people, each enrolled and tested once, by a calibration that says too much.
func crowd(n int) (cs []Comparison) {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	side := func(person int, noise float64) *Voice {
		base := rand.New(rand.NewPCG(uint64(person), 2))
		e, sum := make(timbre.Embedding, 64), 0.0
		for i := range e {
			x := base.NormFloat64() + noise*r.NormFloat64()
			e[i], sum = float32(x), sum+x*x
		}
		for i := range e {
			e[i] /= float32(math.Sqrt(sum))
		}
		return &Voice{Name: fmt.Sprint(person), Net: 20 * time.Second, Print: timbre.Voiceprint{Embedding: e, Net: 20 * time.Second, Model: "net 1"}}
	}
	var enrolled, tested []*Voice
	for i := range n {
		enrolled, tested = append(enrolled, side(i, 1)), append(tested, side(i, 1.5))
	}
	for i, t := range tested {
		for k, e := range enrolled {
			cs = append(cs, Comparison{Enrolled: e, Tested: t, Profile: fmt.Sprint(k), Caller: fmt.Sprint(i), Target: i == k})
		}
	}
	return cs
}

// bold is a calibration whose log-likelihood ratios are too far from zero, and too high.
type bold struct{}

func (bold) LLR(score float64, _, _ timbre.Voiceprint) float64 { return 60*score - 5 }

func TestFitImprovesACalibrationForOtherPeople(t *testing.T) {
	f, err := Measure{Calibration: bold{}}.Fit(crowd(60), "recordings")
	if err != nil {
		t.Fatal(err)
	}
	if !f.Better() || f.Line.Scale > 0.9 || f.People != 60 || f.Targets != 60 || f.NonTargets != 60*59 {
		t.Errorf("got %+v, want the scores scaled down and better", f)
	}
	own := f.Of(models(t).Calibration)
	if err := own.Check(); err != nil {
		t.Errorf("got a calibration that searches refuse: %v", err)
	}
	if s := f.String(); !strings.HasPrefix(s, "60 people, 60 trials of one person and 3540 of two: Cllr") {
		t.Errorf("got %q", s)
	}
}

// A model without a calibration gets one that searches can name people by: a line on top of its cosines could not.
func TestModelWithoutCalibrationIsGivenOneThatNamesPeople(t *testing.T) {
	cs := crowd(60)
	f, err := Measure{}.Fit(cs, "recordings")
	if err != nil {
		t.Fatal(err)
	}
	if !f.Better() || f.After > 0.5 || f.People != 60 || f.Targets != 60 {
		t.Errorf("got %+v, want a Cllr well below 1 on people left out", f)
	}
	own := f.Of(search.Calibration{Model: "net", Version: "1"})
	if err := own.Check(); err != nil || own.Model != "net" || own.Version != "1" {
		t.Fatalf("got %v, %+v, want one that searches take", err, own)
	}
	m := Measure{Calibration: own, Draws: 10, NewSearcher: func(s search.Source) Searcher { return models(t).Search(s, own, search.Rule{}) }}
	r, err := m.Speaker(t.Context(), Heard{Comparisons: cs})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range r.Overall.Named {
		if n.Profiles <= 10 && (n.Identified.Value < 0.5 || n.Strangers.Value > 0.05) {
			t.Errorf("of %d profiles: got %v identified and %v strangers named, want callers named", n.Profiles, n.Identified.Value, n.Strangers.Value)
		}
	}
	if _, err := (Measure{}).Fit(crowd(31)[:31*20], ""); timbre.KindOf(err) != timbre.Unprocessable {
		t.Errorf("got %v for too few trials, want Unprocessable", err)
	}
}

func TestTooFewPeopleAreRefusedWithWhatIsNeeded(t *testing.T) {
	cs := crowd(12)
	for i := range cs {
		if cs[i].Caller == "0" {
			cs[i].Tested.Refused = "too short"
		}
	}
	_, err := Measure{Calibration: bold{}}.Fit(cs, "two recordings on different days each")
	if want := "11 people of at least 30; 19 more with two recordings on different days each are needed"; timbre.KindOf(err) != timbre.Unprocessable || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	var targets []Comparison
	for _, c := range crowd(40) {
		if c.Target {
			targets = append(targets, c)
		}
	}
	if _, err := (Measure{Calibration: bold{}}).Fit(targets, ""); timbre.KindOf(err) != timbre.Unprocessable || !strings.Contains(err.Error(), "of two people") {
		t.Errorf("got %v, want it refused without trials of two people", err)
	}
}

func TestCallsArePairedAcrossCallsOfOneModel(t *testing.T) {
	of := func(model string) timbre.Voiceprint { return timbre.Voiceprint{Model: model} }
	got := Pairs([]Known{
		{"1", "ann", of("m")}, {"2", "ann", of("m")}, {"2", "bob", of("m")}, {"3", "bob", of("old")},
	}, "m")
	var words []string
	for _, c := range got {
		words = append(words, fmt.Sprintf("%s-%s %v", c.Profile, c.Caller, c.Target))
	}
	if s := strings.Join(words, ", "); s != "ann-ann true, ann-bob false" {
		t.Errorf("got %s, want Ann's two calls, and Ann's first with Bob's", s)
	}
}

func TestEnrolmentAndTestsApart(t *testing.T) {
	_, err := offline()
	if err != nil {
		t.Fatal(err)
	}
	people := persons(t)[:3]
	people[1].Recordings = people[1].Recordings[:1]
	h, err := ears(t).People(t.Context(), people, Cut{10 * time.Second, []time.Duration{5 * time.Second}, 99, true}, 2, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.LeftOut) != 1 || h.LeftOut[0].Name != "s2" || !strings.Contains(h.LeftOut[0].Reason, "of another day") {
		t.Errorf("got %+v, want s2 left out: it has one recording", h.LeftOut)
	}
	length := 0.0 // of the second recording of s1
	for _, c := range h.Comparisons {
		if c.Target && c.Caller == "s1" {
			length += c.Tested.Net.Seconds()
		}
	}
	if length == 0 || length > 20 {
		t.Errorf("got %.0f s of tests of s1, want those of the second recording alone", length)
	}
}
