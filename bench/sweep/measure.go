package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"timbre"
	"timbre/store/sqlite"
)

// measure prints what sweeps cost: without anything to erase, then with the voiceprints and results of a day.
func measure(ctx context.Context, s *sqlite.Store, tasks int, now time.Time) error {
	waits := probe(ctx, s, func() { <-time.After(2 * time.Second) })
	fmt.Printf("%d tasks, no sweep:       a write waits %v at most, %v in the median\n", tasks, waits[len(waits)-1], waits[len(waits)/2])
	for _, later := range []time.Duration{0, 0, 24 * time.Hour} {
		var took time.Duration
		var err error
		var swept any
		waits := probe(ctx, s, func() {
			began := time.Now()
			swept, err = s.Sweep(ctx, now.Add(later))
			took = time.Since(began)
		})
		if err != nil {
			return err
		}
		fmt.Printf("%d tasks, sweep at +%-4v: %v, %+v; a write waits %v at most, %v in the median\n",
			tasks, later, took.Round(10*time.Microsecond), swept, waits[len(waits)-1], waits[len(waits)/2])
	}
	return nil
}

// probe writes every few milliseconds while do runs, and returns how long each write took, sorted.
func probe(ctx context.Context, s *sqlite.Store, do func()) (waits []time.Duration) {
	done := make(chan struct{})
	go func() { defer close(done); do() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		began := time.Now()
		_ = s.SaveCall(ctx, timbre.Call{TransactionID: "probe"}, nil)
		waits = append(waits, time.Since(began))
		select {
		case <-done:
			slices.Sort(waits)
			return waits
		case <-tick.C:
		}
	}
}
