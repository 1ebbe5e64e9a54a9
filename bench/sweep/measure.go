package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/environment"
	"timbre/store/sqlite"
	"timbre/sweep"
)

// measure prints what sweeps cost: without anything to erase, then with the voiceprints and results of a day.
func measure(ctx context.Context, s *sqlite.Store, tasks int, now time.Time) {
	waits := probe(ctx, s, func() { <-time.After(2 * time.Second) })
	fmt.Printf("%d tasks, no sweep:       a write waits %v at most, %v in the median\n", tasks, waits[len(waits)-1], waits[len(waits)/2])
	for _, later := range []time.Duration{0, 0, 24 * time.Hour} {
		var took time.Duration
		var swept string
		waits := probe(ctx, s, func() {
			began := time.Now()
			swept = sweepAt(ctx, s, now.Add(later))
			took = time.Since(began)
		})
		fmt.Printf("%d tasks, sweep at +%-4v: %v,%s; a write waits %v at most, %v in the median\n",
			tasks, later, took.Round(10*time.Microsecond), swept, waits[len(waits)-1], waits[len(waits)/2])
	}
}

// right is a clock that is right.
type right struct{ at time.Time }

func (r right) Outlived(life time.Duration) []environment.Span {
	return []environment.Span{{After: environment.Ever, Until: r.at.Add(-life)}}
}

func (r right) Record() environment.ClockRecord { return environment.ClockRecord{} }

// sweepAt sweeps as a server does, and says what was erased.
func sweepAt(ctx context.Context, s *sqlite.Store, at time.Time) (swept string) {
	metrics, timed := prometheus.NewRegistry(), &timed{Store: s}
	sweep.New(environment.Environment{Metrics: metrics}, sweep.Config{}, sweep.Deps{Clock: right{at}, Store: timed}).Sweep(ctx)
	families, _ := metrics.Gather() // never fails
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if n := m.GetCounter().GetValue(); n > 0 {
				swept += fmt.Sprintf(" %s: %.0f,", m.GetLabel()[0].GetValue(), n)
			}
			if h := m.GetHistogram(); f.GetName() == "timbre_sweep_hold_seconds" && h.GetSampleCount() > 0 {
				swept += fmt.Sprintf(" in %d batches:", h.GetSampleCount())
				for _, b := range h.GetBucket() {
					swept += fmt.Sprintf(" %d in %v", b.GetCumulativeCount(), time.Duration(b.GetUpperBound()*float64(time.Second)))
				}
			}
		}
	}
	return swept + fmt.Sprintf(" the longest %v", timed.longest)
}

// timed notes the longest batch.
type timed struct {
	*sqlite.Store
	longest time.Duration
}

// Erase implements sweep.Store.
func (t *timed) Erase(ctx context.Context, of timbre.Perishable, outlived []environment.Span, within time.Duration) (int, time.Duration, error) {
	n, held, err := t.Store.Erase(ctx, of, outlived, within)
	t.longest = max(t.longest, held)
	return n, held, err
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
