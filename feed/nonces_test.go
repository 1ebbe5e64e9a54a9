package feed

import (
	"path/filepath"
	"testing"
	"time"

	"timbre/environment"
	"timbre/ttl"
)

// What was overheard is not taken by the next server either.
func TestSignatureIsTakenOnceOverARestart(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, c := range map[string]struct {
		ahead, after time.Duration // the clock of the sender, and the restart
		undated      bool
		want         int
	}{
		"made before":                   {0, time.Second, false, 503},
		"made in the second of it":      {0, 0, false, 403},
		"made by a clock that is ahead": {5 * time.Second, 3 * time.Second, false, 403},
		"without a date":                {0, time.Hour, true, 403},
		"without a date, a day later":   {0, 25 * time.Hour, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			now, path := begin, filepath.Join(t.TempDir(), "signatures")
			use := &once{nonce: "n", made: begin.Add(c.ahead), until: begin.Add(24 * time.Hour), undated: c.undated}
			if !c.undated {
				use.until = use.made.Add(time.Minute)
			}
			taken := func() int {
				j, err := ttl.OpenJournal(path, now)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = j.Close() }()
				if use.undated {
					use.made = now
				}
				if r := newNonces(environment.Environment{Now: func() time.Time { return now }}.Complete(), j).take(use, now); r != nil {
					return r.status
				}
				return 0
			}
			if got := taken(); got != 0 {
				t.Fatalf("got %d, want it taken", got)
			}
			now = now.Add(c.after)
			if got := taken(); got != c.want {
				t.Errorf("after a restart: got %d, want %d", got, c.want)
			}
		})
	}
}

// Signatures of the API lie in the same file, and take none of the room of nonces.
func TestNoncesAreNotThoseOfTheAPI(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	j, err := ttl.OpenJournal(filepath.Join(t.TempDir(), "signatures"), now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	for i, kind := range []ttl.Kind{ttl.APISignature, ttl.FeedNonce} {
		if err := j.Keep(kind, ttl.Key{byte(i)}, now, now, now); err != nil {
			t.Fatal(err)
		}
	}
	n := newNonces(environment.Environment{Now: func() time.Time { return now }}.Complete(), j)
	if _, ok := n.used.Get(ttl.Key{1}); !ok || n.used.Len() != 1 {
		t.Errorf("got %d nonces, its own: %t, want its own alone", n.used.Len(), ok)
	}
}
