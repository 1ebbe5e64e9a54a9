// Command restart measures how a server comes back: the time from the start of its process to the first accepted call after a crash,
// with calls that were live then, two tasks and a pipeline each; until all of those have ended; and how long a server with live calls
// takes to drain.
//
//	make build && go run ./bench/restart -binary bin/timbre
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	binary := flag.String("binary", "bin/timbre", "the server")
	list := flag.String("calls", "0,500,2000", "calls that were live at the crash")
	drained := flag.Int("drain", 50, "live calls of the server that drains; 0: none")
	flag.Parse()
	if err := measure(context.Background(), *binary, *list, *drained); err != nil {
		fmt.Fprintln(os.Stderr, "restart:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, binary, list string, drained int) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "live at the crash\tready\tfirst accepted call\tslowest of the next\tall ended")
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("-calls: %w", err)
		}
		c, err := crashed(ctx, binary, n)
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\n", n, round(c.ready), round(c.first), round(c.slowest), round(c.ended))
	}
	if err := table.Flush(); err != nil || drained == 0 {
		return err
	}
	d, err := drain(ctx, binary, drained)
	if err != nil {
		return err
	}
	fmt.Printf("drain of %d calls that hang up one after the other within %s: the process ends %s after the last BYE; %d events, of which %d FAILED\n",
		drained, hangUps, round(d.after), d.events, d.failed)
	return nil
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
