// Command chaos kills a server at random instants, hundreds of times, while calls are analysed and the targets of its events come and go,
// and judges what is left: nothing lost, order kept, no event with two contents, nothing half done.
//
//	make build && go run ./bench/chaos -binary bin/timbre -kills 200
//
//	go run ./bench/chaos -binary bin/timbre -scenarios all
//
// A run that is interrupted goes on where it was if it is given the same file of results.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"timbre/bench/chaos/trial"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		if err := clocked(); err != nil {
			fmt.Fprintln(os.Stderr, "chaos:", err)
			os.Exit(1)
		}
		return
	}
	o := options{}
	flag.StringVar(&o.binary, "binary", "bin/timbre", "the server")
	flag.IntVar(&o.kills, "kills", 200, "how often a server is killed in all")
	flag.IntVar(&o.each, "each", 5, "kills one after the other on the same data, before what is left is judged")
	flag.IntVar(&o.lines, "lines", 3, "calls at a time")
	flag.Uint64Var(&o.seed, "seed", 1, "of instants and faults; data that is judged as wrong can be made again with its own")
	flag.StringVar(&o.results, "results", "chaos.jsonl", "file that has what was judged so far, a line for each data folder")
	flag.StringVar(&o.scenarios, "scenarios", "", "faults other than kills, in their place: some of "+strings.Join(trial.Scenarios, ",")+", or all")
	flag.BoolVar(&o.verbose, "v", false, "show the server's log")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if err := o.try(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}
