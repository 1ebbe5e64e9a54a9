// Command outbox measures the delivery of events from a database: what an event costs while others wait, how fast those go once their target
// works, and what a target that works feels of others that hang. Targets are functions in the process. The database is made in a folder
// that is removed.
//
//	go run ./bench/outbox                                                  100, 10,000 and 100,000 lanes; 0, 16 and 100 targets that hang
//	go run ./bench/outbox -waiting 5000 -lanes 1000 -hung 0 -events 500  a quick look
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
)

// settings are the flags.
type settings struct {
	lanes, hung     string
	waiting, events int
	folder          string
}

func main() {
	var s settings
	flag.IntVar(&s.waiting, "waiting", 100_000, "events that wait for a target that is down")
	flag.StringVar(&s.lanes, "lanes", "100,10000,100000", "lanes that they are in")
	flag.StringVar(&s.hung, "hung", "0,16,100", "targets that hang")
	flag.IntVar(&s.events, "events", 2000, "events to the target that works")
	flag.StringVar(&s.folder, "folder", os.TempDir(), "where the databases are made")
	flag.Parse()
	if err := run(context.Background(), s); err != nil {
		fmt.Fprintln(os.Stderr, "outbox:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings) error {
	if err := table("lanes that wait\tan event costs\tits delay, median\tp99\tdrained at\tan event costs", s.lanes, func(n int) (string, error) {
		return behindLanes(ctx, s, n)
	}); err != nil {
		return err
	}
	fmt.Println()
	return table("targets that hang\tdelay of an event to another, median\tp99\tgreatest\tevent costs", s.hung, func(n int) (string, error) {
		return besideHung(ctx, s, n)
	})
}

// table prints a line for each number of a list.
func table(head, list string, line func(n int) (string, error)) error {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, head)
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		cells, err := line(n)
		if err != nil {
			return err
		}
		fmt.Fprintf(t, "%d\t%s\n", n, cells)
	}
	return t.Flush()
}
