package sigv4_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"timbre/api/sigv4"
	"timbre/environment"
	"timbre/ttl"
)

// A request that was overheard is not taken by the next server either, however its date lies to the restart.
func TestChangingRequestIsTakenOnceOverARestart(t *testing.T) {
	for name, c := range map[string]struct {
		ahead time.Duration // the clock of the client
		after time.Duration // the restart
		want  string
	}{
		"before it":               {0, time.Second, "before the start"},
		"in the same second":      {0, 100 * time.Millisecond, "used already"},
		"by a clock that is fast": {5 * time.Minute, time.Minute, "used already"},
		"in its own second":       {sigv4.Skew, sigv4.Skew, "used already"},
		"after its own second":    {sigv4.Skew, sigv4.Skew + time.Second, "before the start"},
	} {
		t.Run(name, func(t *testing.T) {
			clock, path := now, filepath.Join(t.TempDir(), "signatures")
			env := environment.Environment{Now: func() time.Time { return clock }}
			server := func() (*sigv4.Verifier, *ttl.Journal) {
				m, err := ttl.OpenJournal(path, clock)
				if err != nil {
					t.Fatal(err)
				}
				return sigv4.New(env, known).Remembering(m), m
			}
			v, m := server()
			signed := request("POST", "/voice-connectors", "")
			sign(t, signed, me, hash(""), at(now.Add(c.ahead)))
			check := func() error {
				_, err := v.Check(signed.Clone(t.Context()), func() ([]byte, error) { return nil, nil })
				return err
			}
			if err := check(); err != nil {
				t.Fatalf("got %v, want it taken", err)
			}
			clock = clock.Add(c.after) // m is left open, as by a crash
			v, _ = server()
			if err := check(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err := m.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
