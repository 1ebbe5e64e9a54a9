// Command load measures a running server from the outside: it starts the binary it is given, keeps a number of live calls on it at real
// time with both tasks on each, and prints how late names, voiceprints and tones come while all calls are live, how many calls the server
// keeps and refuses, and what processor time and memory it takes. A result is late by what is beyond the time for which the server holds
// audio back before it is speech. The callers run in this process, beside the server: on a machine with few cores they are part of the load.
//
//	make build && go run ./bench/load -binary bin/timbre -calls 10,25,50
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	var c config
	flag.StringVar(&c.binary, "binary", "bin/timbre", "the server")
	list := flag.String("calls", "20", "how many calls at a time; a run each")
	flag.DurationVar(&c.span, "for", 30*time.Second, "how long all calls are live while a run is measured")
	flag.DurationVar(&c.length, "length", 0, "of a call; 0: as long as its results need, half a minute")
	flag.IntVar(&c.profiles, "profiles", 1000, "profiles in the domain that is searched")
	flag.Parse()
	if err := run(context.Background(), c, *list); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// config says what is measured.
type config struct {
	binary   string
	span     time.Duration
	length   time.Duration
	profiles int
}

func run(ctx context.Context, c config, list string) error {
	talks, err := listenToAll(c.length)
	if err != nil {
		return err
	}
	fmt.Println("calls   kept refused   names: n   p50    p99  late   voiceprints: n   p50    p99   ticks: n   p50    p99  late skipped   CPU %: server callers   RSS MB: now  peak   ticks a minute  s a call  legs a core")
	for _, text := range strings.Split(list, ",") {
		calls, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		r, err := measure(ctx, c, talks, calls)
		if err != nil {
			return err
		}
		r.print(calls, mean(talks))
	}
	return nil
}

// round is what was measured in one run.
type round struct {
	kept                     float64 // analysed calls at a time, on the average
	refused                  int
	names, voiceprints, tone results
	skipped                  int           // tones
	cpu, own, span           time.Duration // processor time of the server and of this process, and how long was measured
	after, peak              float64       // resident memory in MB
}

func (r round) print(calls int, length time.Duration) {
	share := func(d time.Duration) float64 { return 100 * d.Seconds() / r.span.Seconds() }
	fmt.Printf("%5d %6.1f %7d %10d %5d %6d %5d %16d %5d %6d %10d %5d %6d %5d %7d %15.1f %7.1f %13.1f %5.1f %16.1f %9.1f %12.1f\n", calls, r.kept, r.refused,
		len(r.names), r.names.quantile(0.5), r.names.quantile(0.99), r.names.above(nameWait),
		len(r.voiceprints), r.voiceprints.quantile(0.5), r.voiceprints.quantile(0.99),
		len(r.tone), r.tone.quantile(0.5), r.tone.quantile(0.99), r.tone.above(toneWait), r.skipped, share(r.cpu), share(r.own), r.after, r.peak,
		float64(len(r.tone))/(r.kept*r.span.Minutes()), length.Seconds(), 2*r.kept*r.span.Seconds()/r.cpu.Seconds())
}

// mean is the mean length of calls.
func mean(talks []talk) (length time.Duration) {
	for _, t := range talks {
		length += t.length / time.Duration(len(talks))
	}
	return length
}

// Results that come later than this are late.
const (
	nameWait = 500 * time.Millisecond
	toneWait = time.Second
)

// results are how late results of a kind came.
type results []time.Duration

// quantile is in milliseconds.
func (r results) quantile(q float64) int64 {
	if len(r) == 0 {
		return 0
	}
	slices.Sort(r)
	return r[min(len(r)-1, int(q*float64(len(r))))].Milliseconds()
}

// above counts those that came later than a time.
func (r results) above(most time.Duration) (n int) {
	for _, d := range r {
		if d > most {
			n++
		}
	}
	return n
}
