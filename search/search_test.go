package search

import (
	"bytes"
	"cmp"
	"context"
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
	"timbre/models"
)

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func calibration(t testing.TB) Calibration {
	t.Helper()
	c, err := ParseCalibration(models.Calibration())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// source holds domains in memory and counts how often their profiles are read.
type source struct {
	mu         sync.Mutex
	profiles   map[string][]timbre.Profile
	generation int64
	tags       map[string]string
	reads      int
	err        error
}

func (s *source) Voiceprints(_ context.Context, id string, _ time.Time) ([]timbre.Profile, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	return slices.Clone(s.profiles[id]), s.err
}

func (s *source) Generation(_ context.Context, id string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.profiles[id]; !ok {
		return 0, timbre.Errorf(timbre.NotFound, "", "no domain %s", id)
	}
	return s.generation, nil
}

func (s *source) Domain(_ context.Context, id string) (timbre.Domain, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.profiles[id]; !ok {
		return timbre.Domain{}, timbre.Errorf(timbre.NotFound, "", "no domain %s", id)
	}
	return timbre.Domain{ID: id, Tags: s.tags}, nil
}

func (s *source) put(id string, p ...timbre.Profile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.profiles == nil {
		s.profiles = map[string][]timbre.Profile{}
	}
	s.profiles[id] = append(s.profiles[id], p...)
	s.generation++
}

func voiceOf(r *rand.Rand) timbre.Embedding {
	e, sum := make(timbre.Embedding, 256), 0.0
	for i := range e {
		e[i] = float32(r.NormFloat64())
		sum += float64(e[i]) * float64(e[i])
	}
	for i := range e {
		e[i] /= float32(math.Sqrt(sum))
	}
	return e
}

// near is a voice whose cosine with e is c.
func near(r *rand.Rand, e timbre.Embedding, c float64) timbre.Embedding {
	other := voiceOf(r)
	var along, sum float64
	for i := range e {
		along += float64(e[i]) * float64(other[i])
	}
	for i := range e {
		v := float64(other[i]) - along*float64(e[i])
		sum += v * v
	}
	out := make(timbre.Embedding, len(e))
	for i := range e {
		out[i] = float32(c*float64(e[i]) + math.Sqrt(1-c*c)*(float64(other[i])-along*float64(e[i]))/math.Sqrt(sum))
	}
	return out
}

const model = "net 1"

func profile(id string, e timbre.Embedding) timbre.Profile {
	return timbre.Profile{ID: id, Expires: noon.Add(time.Hour), Voiceprint: timbre.Voiceprint{Embedding: e, Net: 20 * time.Second, Model: model}}
}

func asked(e timbre.Embedding) timbre.Voiceprint {
	return timbre.Voiceprint{Embedding: e, Net: 10 * time.Second, Model: model}
}

func searcher(t testing.TB, s Source, threshold float64) *Searcher {
	return New(s, calibration(t), Config{Threshold: threshold, Now: func() time.Time { return noon }})
}

func ids(matches []timbre.Match) string {
	var s []string
	for _, m := range matches {
		s = append(s, m.ProfileID)
	}
	return strings.Join(s, " ")
}

func TestASearchIsTheTenMostProbableAtOrAboveTheThreshold(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	c := calibration(t)
	for range 50 {
		src, v := &source{}, voiceOf(r)
		type scored struct {
			id string
			p  float64
		}
		var all []scored
		for i := range 1 + r.IntN(60) {
			p := profile(fmt.Sprintf("p%02d", i), near(r, v, 0.8+0.19*r.Float64()))
			p.Voiceprint.Net = time.Duration(r.IntN(40_000)) * time.Millisecond
			src.put("d", p)
			var score float64
			for k := range v {
				score += float64(v[k]) * float64(p.Voiceprint.Embedding[k])
			}
			all = append(all, scored{p.ID, c.Probability(score, 10*time.Second, p.Voiceprint.Net)})
		}
		threshold := 0.3 + 0.6*r.Float64()
		slices.SortFunc(all, func(a, b scored) int { return cmp.Compare(b.p, a.p) })
		all = slices.DeleteFunc(all, func(s scored) bool { return s.p < threshold })
		all = all[:min(10, len(all))]
		got, err := searcher(t, src, threshold).Search(t.Context(), "d", asked(v))
		if err != nil || len(got) != len(all) {
			t.Fatalf("%d matches, want %d: %v", len(got), len(all), err)
		}
		for i, m := range got {
			if m.ProfileID != all[i].id || math.Abs(m.Confidence-all[i].p) > 1e-4 {
				t.Errorf("place %d: %+v, want %+v", i, m, all[i])
			}
		}
	}
}

func TestExpiredProfilesAndOtherModelsNeverMatch(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	v, src := voiceOf(r), &source{}
	expired, other, broken, short := profile("expired", v), profile("other", v), profile("broken", slices.Clone(v)), profile("short", v[:192])
	expired.Expires = noon
	other.Voiceprint.Model = "net 2"
	broken.Voiceprint.Embedding[7] = float32(math.NaN())
	src.put("d", profile("good", v), expired, other, broken, short)
	s := searcher(t, src, 0.5)
	if got, err := s.Search(t.Context(), "d", asked(v)); ids(got) != "good" || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	third := asked(v)
	third.Model = "net 3"
	if got, err := s.Search(t.Context(), "d", third); len(got) != 0 || err != nil {
		t.Errorf("a model without profiles: %v, %v", got, err)
	}
}

func TestAProfileThatExpiresWhileItIsInMemoryMatchesNoMore(t *testing.T) {
	v, src, now := voiceOf(rand.New(rand.NewPCG(3, 3))), &source{}, noon
	src.put("d", profile("p", v))
	s := New(src, calibration(t), Config{Now: func() time.Time { return now }})
	for _, want := range []string{"p", ""} {
		if got, _ := s.Search(t.Context(), "d", asked(v)); ids(got) != want {
			t.Errorf("at %v: %v", now, got)
		}
		now = noon.Add(time.Hour)
	}
}

func TestTheDomainsTagSetsItsThreshold(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	v, src := voiceOf(r), &source{}
	src.put("d", profile("sure", v), profile("likely", near(r, v, 0.91)), profile("unlikely", near(r, v, 0.80)))
	for _, c := range []struct {
		tag, want string
		logged    int
	}{
		{"", "sure", 1},
		{"0.5", "sure likely", 0},
		{"0", "sure", 1}, // everybody would match
		{"1", "sure", 1}, // nobody would
		{"0.99", "sure", 0},
		{"high", "sure", 1},
		{"1.1", "sure", 1},
		{"-0.1", "sure", 1},
		{"NaN", "sure", 1},
	} {
		var log bytes.Buffer
		src.tags = map[string]string{timbre.ThresholdTag: c.tag}
		s := New(src, calibration(t), Config{Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(&log, nil))})
		for range 3 {
			if got, err := s.Search(t.Context(), "d", asked(v)); ids(got) != c.want || err != nil {
				t.Errorf("tag %q: %v, %v, want %s", c.tag, got, err, c.want)
			}
		}
		if n := strings.Count(log.String(), "\n"); n != c.logged {
			t.Errorf("tag %q: %d log lines, want %d: %s", c.tag, n, c.logged, log.String())
		}
	}
}

func TestAChangedDomainIsReadAgainAndAnUnchangedOneIsNot(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	v, src := voiceOf(r), &source{}
	src.put("d", profile("a", v))
	s := searcher(t, src, 0.5)
	for range 3 {
		if got, _ := s.Search(t.Context(), "d", asked(v)); ids(got) != "a" {
			t.Fatalf("got %v", got)
		}
	}
	if src.reads != 1 {
		t.Errorf("read %d times, want once", src.reads)
	}
	src.put("d", profile("b", v))
	if got, _ := s.Search(t.Context(), "d", asked(v)); ids(got) != "a b" {
		t.Errorf("after a change: %v", got)
	}
}

func TestADomainThatIsGoneLeavesTheMemory(t *testing.T) {
	v, src := voiceOf(rand.New(rand.NewPCG(6, 6))), &source{}
	now := noon
	s := New(src, calibration(t), Config{Now: func() time.Time { return now }})
	for _, id := range []string{"deleted", "forgotten", "idle"} {
		src.put(id, profile("p", v))
		if _, err := s.Search(t.Context(), id, asked(v)); err != nil {
			t.Fatal(err)
		}
	}
	delete(src.profiles, "deleted")
	if _, err := s.Search(t.Context(), "deleted", asked(v)); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
	s.Forget("forgotten")
	now = now.Add(2 * idle)
	src.put("new")
	if got, err := s.Search(t.Context(), "new", asked(v)); len(got) != 0 || err != nil {
		t.Errorf("an empty domain: %v, %v", got, err)
	}
	if len(s.cache.domains) != 1 {
		t.Errorf("%d domains are in memory, want 1", len(s.cache.domains))
	}
}

func TestAFaultOfTheSourceIsToldAndTheNextSearchReadsAgain(t *testing.T) {
	v, src := voiceOf(rand.New(rand.NewPCG(7, 7))), &source{}
	src.put("d", profile("a", v))
	s := searcher(t, src, 0.5)
	src.err = timbre.Errorf(timbre.Internal, "", "disk on fire")
	if _, err := s.Search(t.Context(), "d", asked(v)); timbre.KindOf(err) != timbre.Internal || err == nil {
		t.Errorf("got %v", err)
	}
	src.err = nil
	if got, err := s.Search(t.Context(), "d", asked(v)); ids(got) != "a" || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	for _, e := range []timbre.Embedding{nil, {float32(math.NaN())}} {
		if _, err := s.Search(t.Context(), "d", asked(e)); timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("embedding %v: %v, want Invalid", e, err)
		}
	}
}

func TestManySearchesWhileTheDomainChangesSeeEveryChangeThatWasBeforeThem(t *testing.T) {
	v, src := voiceOf(rand.New(rand.NewPCG(8, 8))), &source{}
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
				if got, err := s.Search(t.Context(), alone, asked(v)); err != nil || !strings.Contains(ids(got), id) {
					t.Errorf("%s is not among %v, %v", id, got, err)
				}
				if got, err := s.Search(t.Context(), "d", asked(v)); err != nil || ids(got) != "p0" {
					t.Errorf("got %v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkSearch20000(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 9))
	src := &source{}
	profiles := make([]timbre.Profile, 20_000)
	for i := range profiles {
		profiles[i] = profile(fmt.Sprint(i), voiceOf(r))
	}
	src.put("d", profiles...)
	s, v := searcher(b, src, 0), asked(voiceOf(r))
	if _, err := s.Search(b.Context(), "d", v); err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		if _, err := s.Search(b.Context(), "d", v); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "median-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
