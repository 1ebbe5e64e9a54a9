package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"text/tabwriter"

	"timbre/cmd/timbre/memory"
	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

// serve is `timbre serve`.
type serve struct{ config.Settings }

// Run serves until signals end it: see orders. Where it listens goes to standard output, a name and an address a line, then
// "ready"; the log goes to standard error.
func (s serve) Run() error {
	ctx, end := context.WithCancel(context.Background())
	var level slog.LevelVar
	level.Set(s.Log.Level)
	log := s.Log.LoggerAt(os.Stderr, &level)
	memory.Bound(log, os.Getenv, os.DirFS("/"), debug.SetMemoryLimit)

	var n *node.Node
	started := make(chan struct{})
	var obeying sync.WaitGroup
	defer obeying.Wait()
	defer end()
	signals := listen()
	above := supervisor{log}
	obeying.Go(func() {
		signals.obey(ctx, started, controls{
			drain:  func() { above.stopping(s.Drain.Timeout); n.Drain() },
			end:    end,
			reload: func() { reload(n, log, &level) },
		})
	})
	n, err := node.New(ctx, environment.Environment{Log: log}, s.Settings)
	switch {
	case errors.Is(err, context.Canceled): // a signal
		return nil
	case err != nil:
		return err
	}
	announce(n)
	above.ready()
	close(started)
	return n.Run(ctx)
}

// reload reads the settings again, from where they came from. Settings that cannot be used change nothing.
func reload(n *node.Node, log *slog.Logger, level *slog.LevelVar) {
	s, err := reread()
	if err == nil {
		err = n.Reload(s)
	}
	if err != nil {
		log.Error("the settings cannot be reloaded, those before stay in use", "error", err)
		return
	}
	level.Set(s.Log.Level)
	log.Info("settings reloaded: access keys, webhooks, certificates and log level")
}

// reread parses the command line again, and with it the environment and the file.
func reread() (config.Settings, error) {
	var line commands
	_, err := newParser(&line).Parse(os.Args[1:])
	return line.Serve.Settings, err
}

func announce(n *node.Node) {
	scheme := "http://"
	if n.Secure {
		scheme = "https://"
	}
	fmt.Println("api     ", scheme+n.API)
	for _, at := range n.SIP {
		fmt.Println("sip     ", at)
	}
	if n.Feed != "" {
		fmt.Println("feed    ", n.Feed)
	}
	admin := "http://"
	if n.AdminSecure {
		admin = "https://"
	}
	fmt.Println("admin   ", admin+n.Admin)
	if n.Credentials.Made {
		fmt.Println("keys    ", n.Credentials.Path, "(created)")
	} else {
		fmt.Println("keys    ", n.Credentials.Path)
	}
	fmt.Println("ready")
}

// settings is `timbre config`.
type settings struct{ config.Settings }

// Run prints a setting a line: key, value, origin.
func (s settings) Run() error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, e := range s.Effective() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", e.Key, e.Value, e.Origin)
	}
	return table.Flush()
}
