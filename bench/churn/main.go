// Command churn shows whether a server keeps anything of what comes and goes. For an hour, callers come and go: calls with both tasks, some of
// which hang up at once, connections that say nothing, connectors and domains that are made and deleted. In between the server rests,
// and its goroutines, descriptors and memory are counted. It fails if one of them has grown: if the least of it in the last quarter is above
// the most of it in the first half.
//
//	make build && go run ./bench/churn                 an hour
//	go run ./bench/churn -for 4m -rounds 8             a first look
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	var p plan
	flag.StringVar(&p.binary, "binary", "bin/timbre", "the server")
	flag.DurationVar(&p.span, "for", time.Hour, "how long it lasts, without the rests")
	flag.IntVar(&p.rounds, "rounds", 20, "how many times the server rests; at least 4")
	flag.IntVar(&p.callers, "callers", 6, "how many come and go at a time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := p.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "churn:", err)
		os.Exit(1)
	}
}
