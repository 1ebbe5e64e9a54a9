package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"timbre"
)

// everything is a rule by which every profile is a match, so that its confidence can be seen.
var everything = Rule{Threshold: 1e-300, Strangers: 1 - 1e-12, Prior: 0.5}

// confidences returns the confidence of each match of v among the profiles.
func confidences(t *testing.T, v timbre.Voiceprint, rule Rule, profiles ...timbre.Profile) map[string]float64 {
	t.Helper()
	src := &source{}
	src.put("d", profiles...)
	found, err := New(at(noon), Config{rule}, Deps{src, calibration(t), nil}).Search(t.Context(), "d", v)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, m := range found.Matches {
		if m.Confidence < 0 || m.Confidence > 1 || math.IsNaN(m.Confidence) {
			t.Fatalf("got confidence %v", m.Confidence)
		}
		all[m.ProfileID] = m.Confidence
	}
	return all
}

func TestConfidenceIncreasesWithTheScore(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 1))
	for range 30 {
		v := voiceprint(randomVoice(r))
		others := []timbre.Profile{profile("a", near(r, v.Embedding, 0.4)), profile("b", near(r, v.Embedding, 0.6))}
		last := -1.0
		for score := 0.1; score < 1; score += 0.1 {
			got := confidences(t, v, everything, append(others, profile("me", near(r, v.Embedding, score)))...)["me"]
			if got < last {
				t.Fatalf("score %.1f: got confidence %v after %v", score, got, last)
			}
			last = got
		}
	}
}

func TestOrderOfProfilesIsIrrelevant(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 1))
	v := voiceprint(randomVoice(r))
	var all []timbre.Profile
	for i := range 200 {
		all = append(all, profile(fmt.Sprint(i), near(r, v.Embedding, 0.9*r.Float64())))
	}
	want := confidences(t, v, everything, all...)
	for range 10 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for id, p := range confidences(t, v, everything, all...) {
			if math.Abs(p-want[id]) > 1e-6*want[id] {
				t.Errorf("profile %s: got confidence %v, want %v as in another order", id, p, want[id])
			}
		}
	}
}

func TestMoreProfilesNeverRaiseTheConfidence(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 1))
	for range 20 {
		v := voiceprint(randomVoice(r))
		all := []timbre.Profile{profile("me", near(r, v.Embedding, 0.8))}
		last := 1.0
		for i := range 40 {
			got := confidences(t, v, everything, all...)["me"]
			if got > last {
				t.Fatalf("%d profiles: got confidence %v after %v", len(all), got, last)
			}
			last = got
			all = append(all, profile(fmt.Sprint(i), near(r, v.Embedding, 0.75*r.Float64())))
		}
	}
}

func TestTheSecondBestCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 1))
	v := voiceprint(randomVoice(r))
	const score = 0.85
	me := profile("me", near(r, v.Embedding, score))
	rival := make(timbre.Embedding, len(v.Embedding)) // as near to v on the opposite side, and so not near to me
	for i := range rival {
		rival[i] = 2*score*v.Embedding[i] - me.Voiceprint.Embedding[i]
	}
	alone := confidences(t, v, Rule{}, me, profile("far", near(r, v.Embedding, 0.1)))
	rivalled := confidences(t, v, Rule{}, me, profile("rival", rival))
	if alone["me"] < 0.9 || len(rivalled) != 0 {
		t.Errorf("got %v alone and %v beside a rival, want a match only alone", alone, rivalled)
	}
}

// Two profiles of one person do not speak against each other.
func TestTwoProfilesOfOnePersonBothMatch(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 1))
	v := voiceprint(randomVoice(r))
	first := near(r, v.Embedding, 0.85)
	got := confidences(t, v, Rule{}, profile("first", first), profile("second", slices.Clone(first)), profile("far", near(r, v.Embedding, 0.1)))
	if len(got) != 2 {
		t.Errorf("got %v, want both profiles", got)
	}
}

func TestManyMoreProfilesAreSummedThanAreCompared(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 1))
	v, c := voiceprint(randomVoice(r)), calibration(t)
	var all []timbre.Profile
	sum := 0.0
	for i := range 1000 {
		p := profile(fmt.Sprint(i), near(r, v.Embedding, 0.5+0.01*r.Float64()))
		sum += math.Exp(c.LLR(cosine(v, p.Voiceprint), v, p.Voiceprint))
		all = append(all, p)
	}
	x := newIndex(192)
	for _, p := range all {
		x.put(p, &c)
	}
	q := newQuery(v, &c, 0.5)
	x.scan(q)
	e := q.evidence
	if got := e.sum * math.Exp(e.peak); math.Abs(got-sum) > 1e-6*sum || e.n != 1000 || len(e.best) != rivals {
		t.Errorf("got a sum of %v over %d profiles with the best %d, want %v over 1000 with %d", got, e.n, len(e.best), sum, rivals)
	}
}
