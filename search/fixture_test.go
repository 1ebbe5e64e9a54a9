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

// source is a Source in memory that counts how often it is followed from the beginning, and how many profiles it hands over.
type source struct {
	mu            sync.Mutex
	profiles      map[string][]timbre.Profile
	changes       map[string][]string // by domain, the id of each changed profile; the generation is their number, and 1
	tags          map[string]string
	reads, handed int
	followed      int // all calls
	err           error
	then          func() // called once, after a call
}

func (s *source) FollowVoiceprints(_ context.Context, id string, after int64, now time.Time, to timbre.VoiceprintIndex) (int64, error) {
	defer s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.followed++
	changes, has := s.changes[id]
	if !has {
		return 0, timbre.Errorf(timbre.NotFound, "", "no domain %s", id)
	}
	if s.err != nil {
		return 0, s.err
	}
	if after == 0 {
		s.reads++
		to.Clear()
	}
	for _, changed := range changes[max(0, after-1):] {
		i := slices.IndexFunc(s.profiles[id], func(p timbre.Profile) bool { return p.ID == changed })
		if i < 0 || !now.Before(s.profiles[id][i].Expires) {
			to.Remove(changed)
			continue
		}
		p := s.profiles[id][i]
		p.Voiceprint.Embedding = slices.Clone(p.Voiceprint.Embedding)
		s.handed++
		to.Put(p)
		for k := range p.Voiceprint.Embedding {
			p.Voiceprint.Embedding[k] = 1e9 // it is not the index's
		}
	}
	return int64(len(changes) + 1), nil
}

func (s *source) Domain(_ context.Context, id string) (timbre.Domain, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.changes[id]; !ok {
		return timbre.Domain{}, timbre.Errorf(timbre.NotFound, "", "no domain %s", id)
	}
	return timbre.Domain{ID: id, Tags: s.tags}, nil
}

func (s *source) now() {
	if then := s.then; then != nil {
		s.then = nil
		then()
	}
}

// put adds profiles or replaces those with their ids.
func (s *source) put(id string, all ...timbre.Profile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes == nil {
		s.profiles, s.changes = map[string][]timbre.Profile{}, map[string][]string{}
	}
	if s.changes[id] == nil {
		s.changes[id] = []string{}
	}
	for _, p := range all {
		s.drop(id, p.ID)
		s.profiles[id] = append(s.profiles[id], p)
		s.changes[id] = append(s.changes[id], p.ID)
	}
}

// remove deletes a profile.
func (s *source) remove(id, profileID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(id, profileID)
	s.changes[id] = append(s.changes[id], profileID)
}

func (s *source) drop(id, profileID string) {
	s.profiles[id] = slices.DeleteFunc(s.profiles[id], func(p timbre.Profile) bool { return p.ID == profileID })
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
