package search

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
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

// source is a Source in memory that counts how often profiles are read.
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

func randomVoice(r *rand.Rand) timbre.Embedding {
	e, sum := make(timbre.Embedding, 192), 0.0
	for i := range e {
		e[i] = float32(r.NormFloat64())
		sum += float64(e[i]) * float64(e[i])
	}
	for i := range e {
		e[i] /= float32(math.Sqrt(sum))
	}
	return e
}

// near returns a voice whose cosine with e is c.
func near(r *rand.Rand, e timbre.Embedding, c float64) timbre.Embedding {
	other := randomVoice(r)
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

func voiceprint(e timbre.Embedding) timbre.Voiceprint {
	return timbre.Voiceprint{Embedding: e, Net: 10 * time.Second, Model: model}
}

func searcher(t testing.TB, s Source, threshold float64) *Searcher {
	return New(at(noon), Config{Threshold: threshold}, Deps{s, calibration(t)})
}

func ids(found timbre.Finding) string {
	var s []string
	for _, m := range found.Matches {
		s = append(s, m.ProfileID)
	}
	return strings.Join(s, " ")
}

// at returns an environment whose clock stands still.
func at(now time.Time) environment.Environment {
	return environment.Environment{Now: func() time.Time { return now }}
}
