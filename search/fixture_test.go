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
)

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// calibration is one with every term, of a net that does not exist.
func calibration(testing.TB) Calibration {
	return Calibration{
		Form: Form, Bias: -12, Score: 24,
		Speech:  Quantity{Min: 0, Max: math.Log(30), Usual: math.Log(15), Bias: -1, Score: 3, Gap: Gap{Usual: 0.7, Bias: 0.5, Score: -1}},
		SNR:     Quantity{Min: 5, Max: 45, Usual: 25, Bias: -0.05, Score: 0.1, Gap: Gap{Usual: 5, Bias: 0.02, Score: -0.04}},
		Level:   Quantity{Min: -60, Max: -10, Usual: -25, Bias: 0.01},
		Clipped: Quantity{Min: 0, Max: 20, Bias: 0.1, Score: -0.1},
		Strangers: Strangers{
			Mean: -8, Voice: 1, Spread: 2, Speech: 0.5, SNR: 0.05,
			Tail: Tail{From: 2, Share: 0.0228, Scale: 0.42},
		},
		More: MoreSpeech{Gain: 1, Spread: 1.5},
	}
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

func cosine(v, w timbre.Voiceprint) (sum float64) {
	for i := range v.Embedding {
		sum += float64(v.Embedding[i]) * float64(w.Embedding[i])
	}
	return sum
}

const model = "net 1"

func profile(id string, e timbre.Embedding) timbre.Profile {
	return timbre.Profile{ID: id, Expires: noon.Add(time.Hour), Voiceprint: timbre.Voiceprint{Embedding: e, Net: 20 * time.Second, Model: model}}
}

func voiceprint(e timbre.Embedding) timbre.Voiceprint {
	return timbre.Voiceprint{Embedding: e, Net: 10 * time.Second, Model: model}
}

func searcher(t testing.TB, s Source, threshold float64) *Searcher {
	return New(at(noon), Config{Rule{Threshold: threshold}}, Deps{s, calibration(t), nil})
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
