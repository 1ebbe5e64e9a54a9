// Command api measures the API of a running server over real sockets: it starts the given binary with one processor for
// its Go code, and sends signed requests over a few connections that stay open, each waiting for its answer before the
// next. Requests are signed before the clock starts, and this process holds itself to one processor too: on two cores
// neither is in the other's way. The server writes its access log to a file, and its state durably, as it does by default.
//
// The figures: requests a second, the share of a core that the server took, requests a second of the server's processor
// time (what one core would give if the client cost nothing), the median and the 99th percentile of the answer time, and
// the share of the signature check: its time, measured here on the same requests, in the server's processor time.
//
//	make build && go run ./bench/api -binary bin/timbre
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"timbre/bench/server"
	"timbre/bench/stock"
)

func main() {
	var b bench
	flag.StringVar(&b.binary, "binary", "bin/timbre", "the server")
	list := flag.String("connections", "1,16", "how many connections at a time")
	flag.IntVar(&b.runs, "runs", 5, "runs of each, in turn; the medians are shown")
	flag.DurationVar(&b.span, "span", 2*time.Second, "how long a run of a Get or List lasts")
	flag.IntVar(&b.calls, "calls", 200, "live calls that tasks are started on")
	out := flag.String("json", "", "a file for the figures")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	if err := b.main(context.Background(), *list, *out); err != nil {
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
}

// bench is what is measured and how.
type bench struct {
	binary      string
	runs, calls int
	span        time.Duration
}

func (b bench) main(ctx context.Context, list, out string) error {
	var connections []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			return fmt.Errorf("-connections: %q is not a list of numbers", list)
		}
		connections = append(connections, n)
	}
	r, err := b.measure(ctx, connections)
	if err != nil {
		return err
	}
	file, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	r.Binary = file.Size()
	r.print(os.Stdout)
	if out == "" {
		return nil
	}
	return r.write(out)
}

// measure sets up a server and takes every measurement in turn, several times over: what disturbs the machine for a
// while disturbs all of them.
func (b bench) measure(ctx context.Context, connections []int) (r report, err error) {
	log, err := os.CreateTemp("", "timbre-bench-*.log")
	if err != nil {
		return r, err
	}
	defer func() {
		_ = log.Close()
		_ = os.Remove(log.Name())
	}()
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer hook.Close()
	made := stock.New(profiles)
	s, err := server.Start(ctx, server.Config{
		Binary: b.binary, Prepare: func(folder string) error { return made.Fill(ctx, folder, true) },
		Env: []string{"GOMAXPROCS=1", "TIMBRE_INFER_THREADS=1", server.Listener(hook.URL)}, Log: log,
	})
	if err != nil {
		return r, err
	}
	defer s.Stop()
	c := client{address: strings.TrimPrefix(s.API, "http://"), server: s}
	reads, err := c.reads(made)
	if err != nil {
		return r, err
	}
	lines, err := ring(ctx, s, b.calls)
	if err != nil {
		return r, err
	}
	for range b.runs {
		for _, n := range connections {
			for _, q := range reads {
				m, err := c.run(n, q.requests, b.span)
				if err != nil {
					return r, fmt.Errorf("%s: %w", q.name, err)
				}
				r.add(q.name, n, m)
			}
			if err := c.put(made, n, &r); err != nil {
				return r, fmt.Errorf("%s: %w", putName, err)
			}
			if err := lines.load(ctx, c, n, &r); err != nil {
				return r, fmt.Errorf("%s: %w", startName, err)
			}
		}
	}
	starts, err1 := lines.requests(c)
	changes, err2 := c.puts(made)
	if err := errors.Join(err1, err2); err != nil {
		return r, err
	}
	for _, q := range append(reads, load{putName, changes}, load{startName, starts}) {
		if err := r.check(q.name, q.requests); err != nil {
			return r, err
		}
	}
	return r, nil
}
