package test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"timbre/bench/chaos/trial"
)

// A server that is killed ten times at random instants, with calls running and targets that come and go, loses nothing that it has
// accepted, keeps the order of each lane, gives no event two contents and leaves nothing half done. bench/chaos repeats it
// hundreds of times, and tries other faults.
func TestTenKillsLoseNothing(t *testing.T) {
	exe, err := program()
	must(t, err)
	for _, seed := range []uint64{1, 2} {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
			defer cancel()
			r, err := trial.Run(ctx, trial.Config{Binary: exe, Seed: seed, Kills: 5, Lines: 3})
			must(t, err)
			for _, fault := range r.Faults {
				t.Error(fault)
			}
			r.Faults = nil
			t.Logf("got %+v", r)
			if r.Calls == 0 || r.Events == 0 {
				t.Errorf("got %d calls and %d events, want some", r.Calls, r.Events)
			}
		})
	}
}
