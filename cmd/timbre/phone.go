package main

import (
	"context"
	"os"

	"timbre/cmd/timbre/softphone"
	"timbre/cmd/timbre/terminal"
)

// dial is `timbre call`.
type dial struct{ softphone.Call }

// Run makes the call; its transaction id goes to standard output, the progress to standard error.
func (d dial) Run(ctx context.Context) error {
	return d.Do(ctx, os.Stdout, terminal.Of(os.Stderr, os.Getenv))
}

// list is `timbre calls`.
type list struct{ softphone.Live }

// Run prints the live calls.
func (l list) Run(ctx context.Context) error { return l.Do(ctx, os.Stdout) }
