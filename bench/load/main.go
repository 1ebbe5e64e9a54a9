// Command load measures a running server from the outside: it starts the binary it is given, makes live calls to it at real
// time with both tasks on each, and prints how long after the tenth second of net speech the webhook with the name came,
// and what processor time and memory the server took. The callers run in this process, beside the server: on a machine
// with few cores they are part of the load.
//
//	make build && go run ./bench/load -binary bin/timbre -calls 0,1,20,50
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
	binary := flag.String("binary", "bin/timbre", "the server")
	list := flag.String("calls", "0,1,20,50", "how many calls at a time; a run each")
	rounds := flag.Int("rounds", 1, "runs of each")
	spread := flag.Duration("spread", 10*time.Second, "within which the calls of a run begin; all say the same, so a short one is a burst")
	flag.Parse()
	if err := run(context.Background(), *binary, *list, *rounds, *spread); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, list string, rounds int, spread time.Duration) error {
	voice, err := listen("cmd/timbre/demo/calls/s1_enrol")
	if err != nil {
		return err
	}
	fmt.Printf("the caller's 10th second of net speech ends %.2f s into the call\n", voice.tenth.Seconds())
	fmt.Println("calls  start s   delay ms: median    p99    max   answers   CPU % of a core   RSS MB: start    now   peak")
	for _, text := range strings.Split(list, ",") {
		calls, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		var all round
		for range rounds {
			r, err := measure(ctx, binary, voice, calls, spread)
			if err != nil {
				return err
			}
			all.merge(r)
		}
		fmt.Printf("%5d  %7.2f  %17s %6s %6s  %4d/%-4d  %15.1f  %14.1f %6.1f %6.1f\n", calls, all.start.Seconds(),
			quantile(all.delays, 0.5), quantile(all.delays, 0.99), quantile(all.delays, 1), len(all.delays), calls*rounds,
			100*all.cpu.Seconds()/all.span.Seconds(), all.before, all.after, all.peak)
	}
	return nil
}

// round is what was measured in one run, or in several.
type round struct {
	start               time.Duration // from the process's start until it said that it is ready: the last run's
	delays              []time.Duration
	cpu, span           time.Duration // processor time taken in a span of time
	before, after, peak float64       // resident memory in MB: ready, at the end of the calls, most; the last run's
}

func (r *round) merge(o round) {
	delays, cpu, span := append(r.delays, o.delays...), r.cpu+o.cpu, r.span+o.span
	*r = o
	r.delays, r.cpu, r.span = delays, cpu, span
}

func quantile(all []time.Duration, q float64) string {
	if len(all) == 0 {
		return "-"
	}
	slices.Sort(all)
	i := min(len(all)-1, int(q*float64(len(all))))
	return strconv.FormatInt(all[i].Milliseconds(), 10)
}
