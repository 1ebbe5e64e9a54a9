// Command signalling measures what the signalling of a recorded call costs: INVITE, ACK and BYE over UDP, without media in between, from
// callers that call one call after the other. It starts the given binary on a database with so many connectors, of which one allows the
// callers, and has them name it, name none, and name none right after another connector has been changed. Connectors with events have
// a streaming configuration and a webhook, as most do; their deliveries count too.
//
// The figures: processor time of the server a call, calls a second of it, and the time to the answers of INVITE and BYE.
//
//	make build && go run ./bench/signalling
//	go run ./bench/signalling -connectors 1 -callers 1
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"timbre/bench/server"
)

func main() {
	var b bench
	flag.StringVar(&b.binary, "binary", "bin/timbre", "the server")
	flag.IntVar(&b.calls, "calls", 1000, "calls of a measurement")
	flag.IntVar(&b.callers, "callers", 8, "how many call at a time")
	list := flag.String("connectors", "1,10000", "how many there are; a server each; empty: only the one with events")
	flag.Parse()
	if err := b.run(context.Background(), *list); err != nil {
		fmt.Fprintln(os.Stderr, "signalling:", err)
		os.Exit(1)
	}
}

// bench is what is measured and how.
type bench struct {
	binary         string
	calls, callers int
}

func (b bench) run(ctx context.Context, list string) error {
	fmt.Println("                                               server:   calls    ms to the answer of")
	fmt.Println("connectors  INVITE                   calls  ms a call  a core  INVITE p50   p99  BYE p50   p99")
	for text := range strings.FieldsFuncSeq(list, func(c rune) bool { return c == ',' }) {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			return fmt.Errorf("-connectors: %q is not a list of numbers", list)
		}
		if err := b.crowd(ctx, n); err != nil {
			return err
		}
	}
	return b.withEvents(ctx)
}

// crowd measures on a server with so many connectors.
func (b bench) crowd(ctx context.Context, connectors int) error {
	s, err := b.start(ctx, func(folder string) error { return fill(ctx, folder, connectors) })
	if err != nil {
		return err
	}
	defer s.Stop()
	voices, _ := s.Clients()
	change := func(i int) error { return touch(ctx, voices, i%connectors) }
	nothing := func(int) error { return nil }
	for _, m := range []measurement{
		{"names its connector", connectorID(0), b.callers, nothing},
		{"names none", "recorder", b.callers, nothing},
		{"names none, one caller", "recorder", 1, nothing},
		{"names none after a change", "recorder", 1, change},
	} {
		r, err := b.measure(s, m)
		if err != nil {
			return err
		}
		r.print(connectors, m.name)
	}
	return nil
}

// withEvents measures on a server whose one connector has events.
func (b bench) withEvents(ctx context.Context) error {
	hook := newHook()
	defer hook.Close()
	s, err := b.start(ctx, nil, server.Listener(hook.URL))
	if err != nil {
		return err
	}
	defer s.Stop()
	deployment, err := s.SetUp(ctx)
	if err != nil {
		return err
	}
	m := measurement{"with events", deployment.Connector, b.callers, func(int) error { return nil }}
	r, err := b.measure(s, m)
	if err == nil {
		r.print(1, m.name)
	}
	return err
}

// start starts a server whose log goes to a file, as that of most does.
func (b bench) start(ctx context.Context, prepare func(folder string) error, env ...string) (*server.Process, error) {
	log, err := os.CreateTemp("", "timbre-bench-*.log")
	if err != nil {
		return nil, err
	}
	defer func() { // the server has it open
		_ = log.Close()
		_ = os.Remove(log.Name())
	}()
	return server.Start(ctx, server.Config{Binary: b.binary, Prepare: prepare, Env: append(env, "TIMBRE_RTP_PORTS=2000-59999"), Log: log})
}
