package main

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/store/sqlite"
	"timbre/sweep"
)

// measure prints what sweeps cost: none, two without anything to erase, of which the first finds nothing cached, and one of a day's voiceprints and results.
func measure(ctx context.Context, s *sqlite.Store, tasks int, now time.Time) {
	fmt.Println("                            CPU         of it, ms:    ms a write waits:")
	fmt.Println("   tasks  sweep   erased  seconds     all  longest     median   most")
	for _, m := range []struct {
		name string
		do   func() swept
	}{
		{"none", func() swept { <-time.After(2 * time.Second); return swept{} }},
		{"first", func() swept { return sweepAt(ctx, s, now) }},
		{"nothing", func() swept { return sweepAt(ctx, s, now) }},
		{"a-day", func() swept { return sweepAt(ctx, s, now.Add(24*time.Hour)) }},
	} {
		var of swept
		cpu := ownCPU()
		waits := probe(ctx, s, func() { of = m.do() })
		ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
		fmt.Printf("%8d  %-7s  %6d  %7.2f  %7.1f  %7.1f  %9.1f  %5.1f\n", tasks, m.name, of.erased, (ownCPU() - cpu).Seconds(), ms(of.took), ms(of.longest),
			ms(waits[len(waits)/2]), ms(waits[len(waits)-1]))
	}
}

// swept is what a sweep did.
type swept struct {
	erased        int
	took, longest time.Duration // all of it, and its longest batch
}

// ownCPU is the processor time of this process, in which the store is.
func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for bad arguments alone
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// right is a clock that is right.
type right struct{ at time.Time }

func (r right) Outlived(life time.Duration) []environment.Span {
	return []environment.Span{{After: environment.Ever, Until: r.at.Add(-life)}}
}

func (r right) Record() environment.ClockRecord { return environment.ClockRecord{} }

// sweepAt sweeps as a server does.
func sweepAt(ctx context.Context, s *sqlite.Store, at time.Time) swept {
	w := watched{Store: s}
	began := time.Now()
	sweep.New(environment.Environment{}, sweep.Config{}, sweep.Deps{Clock: right{at}, Store: &w}).Sweep(ctx)
	w.took = time.Since(began)
	return w.swept
}

// watched notes what is erased.
type watched struct {
	*sqlite.Store
	swept
}

// Erase implements sweep.Store.
func (w *watched) Erase(ctx context.Context, of timbre.Perishable, outlived func() []environment.Span, within time.Duration) (int, time.Duration, error) {
	n, held, err := w.Store.Erase(ctx, of, outlived, within)
	w.erased, w.longest = w.erased+n, max(w.longest, held)
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
