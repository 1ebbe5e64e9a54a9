package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

// serve is `timbre serve`.
type serve struct{ config.Settings }

// Run serves until it is interrupted. Where it listens goes to standard output, a name and an address a line, then "ready";
// the log goes to standard error.
func (s serve) Run(ctx context.Context) error {
	n, err := node.New(ctx, environment.Environment{Log: s.Log.Logger(os.Stderr)}, s.Settings)
	if err != nil {
		return err
	}
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
	fmt.Println("admin   ", "http://"+n.Admin)
	if n.Credentials.Made {
		fmt.Println("keys    ", n.Credentials.Path, "(created)")
	} else {
		fmt.Println("keys    ", n.Credentials.Path)
	}
	fmt.Println("ready")
	return n.Run(ctx)
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
