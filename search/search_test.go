package search

import (
	"bytes"
	"cmp"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
)

// The whole decision, once more and without haste.
func TestSearchReturnsTheTenBestMatches(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	c := calibration(t)
	for range 50 {
		src, v := &source{}, voiceprint(randomVoice(r))
		v.Condition = timbre.Condition{Level: -30, SNR: 12}
		rule := Rule{0.05 + 0.9*r.Float64(), math.Exp(-4 * r.Float64()), 0.1 + 0.8*r.Float64()}
		var all []timbre.Profile
		var llrs []float64
		for i := range 1 + r.IntN(60) {
			p := profile(fmt.Sprintf("p%02d", i), near(r, v.Embedding, 0.3+0.65*r.Float64()))
			p.Voiceprint.Net = time.Duration(1+r.IntN(40_000)) * time.Millisecond
			p.Voiceprint.Condition.SNR = float32(r.IntN(50))
			all = append(all, p)
			llrs = append(llrs, c.LLR(cosine(v, p.Voiceprint), v, p.Voiceprint))
		}
		src.put("d", all...)
		n := float64(len(all))
		least := -8 + 0.5*(math.Log(10)-math.Log(15)) + 0.05*(12-25) // of a caller of whom nothing else is known
		if n > 1 {
			others := -slices.Max(llrs)
			for _, llr := range llrs {
				others += llr
			}
			best := math.Sqrt2 * math.Erfinv(2*(n-0.375)/(n+0.25)-1)
			told := 1 / (1 + 4/(n-1)) // of the variance of the common part, 1, by others with a variance of 4
			least += 0.5 * told * ((others+2*best)/(n-1) - least)
		}
		least += c.Strangers.least(rule.Strangers, len(all))
		var want []timbre.Match
		others := []float64{0} // the probabilities of profiles that do not match
		for i, p := range all {
			against := n * (1 - rule.Prior) / rule.Prior
			for j, q := range all {
				if i != j {
					same := c.LLR(cosine(p.Voiceprint, q.Voiceprint), p.Voiceprint, q.Voiceprint)
					against += math.Exp(llrs[j]) * (1 - sigmoid(same+math.Log(0.05/n)))
				}
			}
			if k := math.Exp(llrs[i]) / (math.Exp(llrs[i]) + against); k >= rule.Threshold && llrs[i] >= least {
				want = append(want, timbre.Match{ProfileID: p.ID, Confidence: k})
			} else {
				others = append(others, k)
			}
		}
		slices.SortFunc(want, func(a, b timbre.Match) int { return cmp.Compare(b.Confidence, a.Confidence) })
		want = want[:min(10, len(want))]
		found, err := New(at(noon), Config{rule}, Deps{src, c, nil}).Search(t.Context(), "d", v)
		got := found.Matches
		if err != nil || len(got) != len(want) {
			t.Fatalf("got %v, want %v: %v", got, want, err)
		}
		if best := slices.Max(others); len(want) < 10 && math.Abs(found.RunnerUp-best) > 0.02 {
			t.Errorf("got %.4f for the runner-up, want %.4f", found.RunnerUp, best)
		}
		for i, m := range got {
			if m.ProfileID != want[i].ProfileID || math.Abs(m.Confidence-want[i].Confidence) > 1e-4 {
				t.Errorf("rank %d: got %+v, want %+v", i, m, want[i])
			}
		}
	}
}

func TestExpiredProfilesAndOtherModelsNeverMatch(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	v, src := randomVoice(r), &source{}
	expired, other, broken, short := profile("expired", v), profile("other", v), profile("broken", slices.Clone(v)), profile("short", v[:128])
	expired.Expires = noon
	other.Voiceprint.Model = "net 2"
	broken.Voiceprint.Embedding[7] = float32(math.NaN())
	src.put("d", profile("good", v), expired, other, broken, short)
	s := searcher(t, src, 0.5)
	if got, err := s.Search(t.Context(), "d", voiceprint(v)); ids(got) != "good" || err != nil {
		t.Errorf("got %v, %v; want the good one", got, err)
	}
	third := voiceprint(v)
	third.Model = "net 3"
	if got, err := s.Search(t.Context(), "d", third); len(got.Matches) != 0 || err != nil {
		t.Errorf("model without profiles: got %v, %v; want no match", got, err)
	}
}

func TestASearchIsSureOfAClearAnswer(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	v, c := randomVoice(r), calibration(t)
	for _, k := range []struct {
		name string
		llrs []float64
		sure bool
	}{
		{"nobody enrolled", nil, true},
		{"nobody near", []float64{-9, -8}, true},
		{"below the threshold by less than twice the speech may add", []float64{3, -5}, false},
		{"just above the threshold", []float64{6.5, -5}, false},
		{"clear of threshold and all others", []float64{9, 0.5}, true},
		{"two alike", []float64{9, 8.9}, false},
	} {
		t.Run(k.name, func(t *testing.T) {
			src := &source{}
			src.put("d")
			for i, llr := range k.llrs {
				p, w := profile(fmt.Sprint(i), nil), voiceprint(nil)
				low := c.LLR(0, p.Voiceprint, w)
				p.Voiceprint.Embedding = near(r, v, (llr-low)/(c.LLR(1, p.Voiceprint, w)-low))
				src.put("d", p)
			}
			found, err := searcher(t, src, 0.99).Search(t.Context(), "d", voiceprint(v))
			if err != nil || found.Sure != k.sure {
				t.Errorf("got sure %v with %v, %v; want %v", found.Sure, found.Matches, err, k.sure)
			}
		})
	}
}

func TestSameComparesVoiceprintsOfOneModel(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	s, v := searcher(t, &source{}, 0.5), voiceprint(randomVoice(r))
	twin, stranger, other := v, voiceprint(randomVoice(r)), v
	other.Model = "net 2"
	if p := s.Same("d", v, twin); p < 0.99 {
		t.Errorf("got %v for the same voice, want 0.99 at least", p)
	}
	for name, w := range map[string]timbre.Voiceprint{"a stranger": stranger, "another model": other, "no embedding": {Model: model}} {
		if p := s.Same("d", v, w); p > 0.1 {
			t.Errorf("%s: got %v, want 0.1 at most", name, p)
		}
	}
}

func TestCachedProfileExpires(t *testing.T) {
	v, src, now := randomVoice(rand.New(rand.NewPCG(3, 3))), &source{}, noon
	src.put("d", profile("p", v))
	s := New(environment.Environment{Now: func() time.Time { return now }}, Config{}, Deps{src, calibration(t), nil})
	for _, want := range []string{"p", ""} {
		if got, _ := s.Search(t.Context(), "d", voiceprint(v)); ids(got) != want {
			t.Errorf("at %v: got %v, want %q", now, got, want)
		}
		now = noon.Add(time.Hour)
	}
}

func TestTagsOverrideTheRule(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	v, src := randomVoice(r), &source{}
	src.put("d", profile("likely", near(r, v, 0.585)))
	for _, c := range []struct {
		tag, value, want string
		logged           int
	}{
		{timbre.ThresholdTag, "0.9", "", 0},
		{timbre.ThresholdTag, "0.6", "likely", 0},
		{timbre.ThresholdTag, "", "", 1},
		{timbre.ThresholdTag, "0", "", 1}, // every profile would match
		{timbre.ThresholdTag, "1", "", 1}, // no profile would match
		{timbre.ThresholdTag, "low", "", 1},
		{timbre.ThresholdTag, "1.1", "", 1},
		{timbre.ThresholdTag, "-0.1", "", 1},
		{timbre.ThresholdTag, "NaN", "", 1},
		{timbre.PriorTag, "0.95", "likely", 0},
		{timbre.PriorTag, "0.05", "", 0},
		{timbre.PriorTag, "2", "", 1},
		{timbre.StrangersTag, "none", "", 1},
	} {
		t.Run(c.tag+"="+c.value, func(t *testing.T) {
			var log bytes.Buffer
			src.tags = map[string]string{c.tag: c.value}
			env := at(noon)
			env.Log = slog.New(slog.NewTextHandler(&log, nil))
			s := New(env, Config{}, Deps{src, calibration(t), nil})
			for range 3 {
				if got, err := s.Search(t.Context(), "d", voiceprint(v)); ids(got) != c.want || err != nil {
					t.Errorf("got %v, %v; want %s", got, err, c.want)
				}
			}
			if n := strings.Count(log.String(), "\n"); n != c.logged {
				t.Errorf("got %d log lines, want %d: %s", n, c.logged, log.String())
			}
		})
	}
}

// The promise on strangers is a floor beside the threshold.
func TestStrangersTagIsAFloor(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 4))
	v, src := randomVoice(r), &source{}
	src.put("d", profile("likely", near(r, v, 0.8)))
	for value, want := range map[string]string{"0.01": "likely", "1e-12": ""} {
		src.tags = map[string]string{timbre.StrangersTag: value, timbre.ThresholdTag: "0.5"}
		if got, err := searcher(t, src, 0).Search(t.Context(), "d", voiceprint(v)); ids(got) != want || err != nil {
			t.Errorf("%s: got %v, %v; want %q", value, got, err, want)
		}
	}
}

func TestCacheReadsChangedDomainsOnly(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	v, src := randomVoice(r), &source{}
	src.put("d", profile("a", v))
	s := searcher(t, src, 0.5)
	for range 3 {
		if got, _ := s.Search(t.Context(), "d", voiceprint(v)); ids(got) != "a" {
			t.Fatalf("got %v, want a", got)
		}
	}
	if src.reads != 1 {
		t.Errorf("got %d reads, want 1", src.reads)
	}
	src.put("d", profile("b", v))
	if got, _ := s.Search(t.Context(), "d", voiceprint(v)); ids(got) != "a b" {
		t.Errorf("after a change: got %v, want a and b", got)
	}
	if src.reads != 1 || src.handed != 2 {
		t.Errorf("got %d reads and %d profiles, want the change alone", src.reads, src.handed)
	}
}

func TestCacheEvictsDomains(t *testing.T) {
	v, src := randomVoice(rand.New(rand.NewPCG(6, 6))), &source{}
	now := noon
	s := New(environment.Environment{Now: func() time.Time { return now }}, Config{}, Deps{src, calibration(t), nil})
	for _, id := range []string{"deleted", "forgotten", "idle"} {
		src.put(id, profile("p", v))
		if _, err := s.Search(t.Context(), id, voiceprint(v)); err != nil {
			t.Fatal(err)
		}
	}
	delete(src.changes, "deleted")
	if _, err := s.Search(t.Context(), "deleted", voiceprint(v)); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
	s.Forget("forgotten")
	now = now.Add(2 * idleTimeout)
	src.put("new")
	if got, err := s.Search(t.Context(), "new", voiceprint(v)); len(got.Matches) != 0 || err != nil {
		t.Errorf("empty domain: got %v, %v; want no match", got, err)
	}
	if len(s.cache.domains) != 1 {
		t.Errorf("got %d cached domains, want 1", len(s.cache.domains))
	}
}

func TestSourceErrorIsNotCached(t *testing.T) {
	v, src := randomVoice(rand.New(rand.NewPCG(7, 7))), &source{}
	src.put("d", profile("a", v))
	s := searcher(t, src, 0.5)
	src.err = timbre.Errorf(timbre.Internal, "", "disk on fire")
	if _, err := s.Search(t.Context(), "d", voiceprint(v)); timbre.KindOf(err) != timbre.Internal || err == nil {
		t.Errorf("got %v, want Internal", err)
	}
	src.err = nil
	if got, err := s.Search(t.Context(), "d", voiceprint(v)); ids(got) != "a" || err != nil {
		t.Errorf("got %v, %v; want a", got, err)
	}
	for _, e := range []timbre.Embedding{nil, {float32(math.NaN())}} {
		if _, err := s.Search(t.Context(), "d", voiceprint(e)); timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("embedding %v: got %v, want Invalid", e, err)
		}
	}
}

func TestConcurrentSearchesSeeEarlierChanges(t *testing.T) {
	v, src := randomVoice(rand.New(rand.NewPCG(8, 8))), &source{}
	src.put("d", profile("p0", v))
	s := searcher(t, src, 0.5)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 20 {
				id := fmt.Sprintf("p%d-%d", g, i)
				alone := fmt.Sprintf("d%d-%d", g, i%3)
				src.put("d", profile("x"+id, near(rand.New(rand.NewPCG(uint64(g), uint64(i))), v, 0.1)))
				src.put(alone, profile(id, v))
				if got, err := s.Search(t.Context(), alone, voiceprint(v)); err != nil || !strings.Contains(ids(got), id) {
					t.Errorf("got %[2]v, %[3]v; want %[1]s among them", id, got, err)
				}
				if got, err := s.Search(t.Context(), "d", voiceprint(v)); err != nil || ids(got) != "p0" {
					t.Errorf("got %v, %v; want p0", got, err)
				}
			}
		})
	}
	wg.Wait()
}

// A damaged embedding that is read first does not decide for the others.
func TestOneDamagedProfileHidesNoOther(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	src := &source{}
	good, other := randomVoice(r), randomVoice(r)
	nan := slices.Clone(good)
	nan[7] = float32(math.NaN())
	src.put("d", profile("short", timbre.Embedding{1, 2, 3}), profile("none", nil), profile("nan", nan), profile("good", good), profile("other", other))
	found, err := searcher(t, src, 0.5).Search(t.Context(), "d", voiceprint(good))
	if err != nil || ids(found) != "good" {
		t.Errorf("got %q and error %v, want good", ids(found), err)
	}
}
