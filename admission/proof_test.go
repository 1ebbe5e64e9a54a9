package admission

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
)

// kept are Proofs in memory.
type kept struct {
	all   map[netip.Prefix]time.Time
	saves int
	err   error
}

func (k *kept) Proofs(context.Context) (all []timbre.Proof, err error) {
	for n, until := range k.all {
		all = append(all, timbre.Proof{Network: n, Until: until})
	}
	return all, k.err
}

func (k *kept) SaveProof(_ context.Context, p timbre.Proof, _ time.Time) error {
	k.saves++
	k.all[p.Network] = p.Until
	return k.err
}

func TestWhatWasProvenSurvivesARestart(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	env := environment.Environment{Now: func() time.Time { return now }, Steady: func() time.Time { return now }}
	store := &kept{all: map[netip.Prefix]time.Time{}}
	from := netip.MustParseAddr("203.0.113.9")
	start := func() *Admission {
		a := New(env, Config{}, newFixture().dir)
		if err := a.Keep(t.Context(), store); err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := start()
	for range 100 {
		a.proved(t.Context(), from)
	}
	if store.saves != 1 {
		t.Errorf("got %d writes for a hundred calls, want 1", store.saves)
	}
	now = now.Add(2 * saveEvery)
	a.proved(t.Context(), from)
	if store.saves != 2 {
		t.Errorf("got %d writes after two hours, want 2", store.saves)
	}
	now = now.Add(23 * time.Hour)
	a = start()
	if !a.sources.Known(from) {
		t.Error("got an unknown source after the restart")
	}
	if now = now.Add(time.Hour); a.sources.Known(from) {
		t.Error("got a proof that a restart has made longer")
	}
	now = now.Add(-1000 * time.Hour) // the wall clock of the next start is wrong
	a = start()
	if now = now.Add(25 * time.Hour); a.sources.Known(from) {
		t.Error("got a proof that holds for more than a day")
	}
}

func TestAStoreThatFailsCostsNoCall(t *testing.T) {
	a := New(environment.Environment{}, Config{}, newFixture().dir)
	store := &kept{all: map[netip.Prefix]time.Time{}, err: errors.New("disk full")}
	if err := a.Keep(t.Context(), store); err == nil {
		t.Error("got no error of a store that fails")
	}
	from := netip.MustParseAddr("203.0.113.9")
	if a.proved(t.Context(), from); !a.sources.Known(from) {
		t.Error("got an unknown source that has proven a password")
	}
}
