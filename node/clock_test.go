package node

import (
	"context"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/config"
	"timbre/environment"
)

// kept is a store on a machine whose wall clock can be set, with what a node has on it to sweep.
type kept struct {
	*testing.T
	settings config.Settings
	wall     time.Time
	up       time.Duration
	*Node
}

func (k *kept) start() {
	k.Helper()
	k.Node = newNode(environment.Environment{
		Now: func() time.Time { return k.wall }, Uptime: func() environment.Uptime { return environment.Uptime{Boot: "b", Up: k.up} },
	}, k.settings)
	for _, open := range []func(context.Context) error{k.openStore, k.openClock, k.openCalls, k.openSweeper} {
		if err := open(k.Context()); err != nil {
			k.Fatal(err)
		}
	}
}

func (k *kept) pass(d time.Duration) { k.wall, k.up = k.wall.Add(d), k.up+d }

func (k *kept) sweep() {
	k.Helper()
	k.sweeper.Sweep(k.Context())
	if err := k.store.SaveClock(k.Context(), k.clock.Record()); err != nil {
		k.Fatal(err)
	}
}

// has reports whether the voiceprint of the task, and whether the task is kept.
func (k *kept) has() (voiceprint, result bool) {
	t, err := k.store.Task(k.Context(), timbre.SpeakerSearch, "t")
	return err == nil && t.Voiceprint != nil, err == nil
}

func TestJumpOfTheWallClockErasesNothing(t *testing.T) {
	for _, by := range []time.Duration{30 * time.Hour, -30 * time.Hour, 8 * day, 9 * 365 * day, -9 * 365 * day} {
		for where, between := range map[string]bool{"in a run": false, "between two runs": true} {
			t.Run(by.String()+" "+where, func(t *testing.T) {
				s := config.Defaults()
				s.Data = t.TempDir()
				k := &kept{T: t, settings: s, wall: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC), up: time.Hour}
				k.start()
				defer func() { k.close() }()
				ctx, now := t.Context(), k.env.Now()
				embedding := make(timbre.Embedding, 256)
				embedding[0] = 1
				for _, err := range []error{
					k.store.CreateDomain(ctx, timbre.Domain{ID: "d"}),
					k.store.CreateTask(ctx, timbre.Task{
						ID: "t", Kind: timbre.SpeakerSearch, TransactionID: "x", DomainID: "d", Created: now, Ended: now,
						VoiceprintMade: now, Voiceprint: &timbre.Voiceprint{Embedding: embedding, Model: "m"},
					}),
					k.store.SaveCall(ctx, timbre.Call{TransactionID: "x", Started: now, Ended: now}, nil),
				} {
					if err != nil {
						t.Fatal(err)
					}
				}
				k.pass(time.Hour)
				k.sweep()
				if between {
					k.close()
				}
				k.wall = k.wall.Add(by)
				if between {
					k.start()
				}
				k.sweep()
				if n := testutil.ToFloat64(k.jumps); n != 1 {
					t.Errorf("got %v jumps counted, want 1", n)
				}
				for _, step := range []struct {
					after              time.Duration
					voiceprint, result bool
				}{{0, true, true}, {23*time.Hour - 2*time.Second, true, true}, {time.Minute, false, true}, {6*day - 2*time.Minute, false, true}, {2 * day, false, false}} { // the last: by the jump back at most
					k.pass(step.after)
					k.sweep()
					if voiceprint, result := k.has(); voiceprint != step.voiceprint || result != step.result {
						t.Errorf("at %v of running: got voiceprint %t and result %t, want %t and %t", k.up, voiceprint, result, step.voiceprint, step.result)
					}
				}
			})
		}
	}
}
