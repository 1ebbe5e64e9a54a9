package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

// jumps are by how much the wall clock of a clocked server is wrong, one after the other.
var jumps = []time.Duration{0, 3 * time.Hour, -3 * time.Hour, 0}

// clocked is `chaos serve`: a server as `timbre serve` is, whose wall clock jumps at SIGUSR1. No process can set the clock of another
// one alone.
func clocked() error {
	var line struct {
		Serve struct{ config.Settings } `cmd:""`
	}
	if _, err := kong.Must(&line, config.Options()...).Parse(os.Args[1:]); err != nil {
		return err
	}
	s := line.Serve.Settings
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	var at atomic.Int32
	jump := make(chan os.Signal, 1)
	signal.Notify(jump, syscall.SIGUSR1)
	go func() {
		for range jump {
			at.Add(1)
		}
	}()
	now := func() time.Time { return time.Now().Add(jumps[int(at.Load())%len(jumps)]) }
	n, err := node.New(ctx, environment.Environment{Log: s.Log.Logger(os.Stderr), Now: now}, s)
	if err != nil {
		return err
	}
	fmt.Println("api     ", "http://"+n.API)
	fmt.Println("sip     ", n.SIP[0])
	fmt.Println("admin   ", "http://"+n.Admin)
	fmt.Println("ready")
	return n.Run(ctx)
}
