package search

import (
	"bytes"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"

	"timbre"
)

// A changed model must not look like a domain that knows nobody.
func TestASearchSaysWhichProfilesItCannotCompare(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	v, src := randomVoice(r), &source{}
	expired := profile("expired", v)
	expired.Expires = noon
	old := func(id string) timbre.Profile {
		p := profile(id, v)
		p.Voiceprint.Model = "net 0"
		return p
	}
	gone := old("gone")
	gone.Expires = noon
	src.put("all old", old("a"), old("b"), gone, expired)
	src.put("some old", old("a"), profile("b", v))
	src.put("none old", profile("b", v), gone)
	src.put("empty")
	var log bytes.Buffer
	env := at(noon)
	env.Log = slog.New(slog.NewTextHandler(&log, nil))
	s := New(env, Config{Rule{Threshold: 0.5}}, Deps{src, calibration(t), nil})
	for domain, want := range map[string]struct{ skipped, matches string }{
		"all old":  {"2 of 2 profiles cannot be compared: they are of speaker model net 0, the server uses net 1", ""},
		"some old": {"1 of 2 profiles cannot be compared: they are of speaker model net 0, the server uses net 1", "b"},
		"none old": {"", "b"},
		"empty":    {"", ""},
	} {
		log.Reset()
		for range 3 {
			got, err := s.Search(t.Context(), domain, voiceprint(v))
			if err != nil || got.Skipped != want.skipped || ids(got) != want.matches {
				t.Errorf("%s: got %+v, %v; want %+v", domain, got, err, want)
			}
		}
		if lines := strings.Count(log.String(), "left out of its searches"); lines != min(1, len(want.skipped)) {
			t.Errorf("%s: got %d lines in the log after three searches, want one if profiles are left out: %s", domain, lines, log.String())
		}
	}
}

func TestAModelInPlaceOfAnotherIsLoggedOnceForEach(t *testing.T) {
	l := newLogged()
	for i, model := range []string{"a", "a", "b", "a"} {
		if got, want := l.newlySkipped(model), i != 1; got != want {
			t.Errorf("%d: got %v for %s, want %v", i, got, model, want)
		}
	}
}
