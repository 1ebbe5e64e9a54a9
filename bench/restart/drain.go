package main

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"

	"timbre/bench/server"
	"timbre/sip/phone"
)

// hangUps is the time within which the calls of a drain hang up.
const hangUps = 10 * time.Second

// drained is how a server with live calls ended after SIGTERM.
type drained struct {
	after          time.Duration // from the last BYE to the end of the process
	events, failed int           // that its webhook has received, and those of streams that failed
}

// drain stops a server that has calls live, which hang up one after the other.
func drain(ctx context.Context, binary string, calls int) (d drained, err error) {
	h := listen()
	defer h.Close()
	s, err := server.Start(ctx, server.Config{
		Binary: binary, Env: []string{server.Listener(h.URL), "TIMBRE_NOTIFY_STREAMING=EventBridge=load"}, Log: os.Stderr,
		Prepare: func(folder string) error { return fill(ctx, folder, 0) },
	})
	if err != nil {
		return d, err
	}
	defer s.Stop()
	var lines []*phone.Call
	for range calls {
		line, err := dial(ctx, s.SIP)
		if err != nil {
			return d, err
		}
		lines = append(lines, line)
	}
	exited, err := s.Signal(syscall.SIGTERM)
	if err != nil {
		return d, err
	}
	pace := time.NewTicker(hangUps / time.Duration(calls))
	defer pace.Stop()
	for _, line := range lines {
		<-pace.C
		if err := line.Hangup(ctx); err != nil {
			return d, fmt.Errorf("a call was cut: %w", err)
		}
	}
	last := time.Now()
	if err := <-exited; err != nil {
		return d, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return drained{time.Since(last), h.events, h.failed}, nil
}
