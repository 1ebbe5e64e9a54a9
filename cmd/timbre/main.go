// Command timbre is the server and its tools: a demo, a phone, the analysis of recordings, and lists of the live calls and of the
// settings.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"timbre/config"
	"timbre/conformance"
)

// commands is the grammar of the command line.
type commands struct {
	Serve     serve       `cmd:"" help:"Run the server."`
	Demo      story       `cmd:"" help:"Run a demo on loopback: callers are enrolled, call again, and are identified."`
	Call      dial        `cmd:"" help:"Place a live call that plays WAV files."`
	Analyze   recordings  `cmd:"" help:"Analyse recordings as the server analyses calls: speech, tone and speaker."`
	Eval      evaluation  `cmd:"" help:"Measure speaker recognition on recordings of known people, or tone on recordings of known tone."`
	Calibrate calibration `cmd:"" help:"Fit the probability of a match to your own people and lines; list and revoke what was fitted."`
	Calls     list        `cmd:"" help:"List the live calls of a server with their transaction ids."`
	Config    settings    `cmd:"" help:"Show the effective settings and their origins."`
	Backup    backup      `cmd:"" help:"Copy the database to a file, also while the server runs, and check the copy. The key file is not part of it."`
	Restore   restore     `cmd:"" help:"Put a backup in place of the database, or check it. No server may run."`
	Models    shelf       `cmd:"" help:"List, add, choose and verify the neural networks that the server runs."`

	Outbox      post      `cmd:"" help:"List, show, retry and drop notifications: dead letters, and what waits to be delivered."`
	Token       pass      `cmd:"" help:"Print the operator's token, which the admin port asks for. It follows from the key file of the data folder."`
	Pprof       profiling `cmd:"" help:"Write a profile of a running server to a file: its memory, CPU time or goroutines."`
	Version     version   `cmd:"" help:"Print the versions of the program, of ONNX Runtime, of the database and of the models in use."`
	Licenses    notices   `cmd:"" help:"Print the licences of Timbre and of everything in the binary and beside it."`
	Conformance judge     `cmd:"" help:"Test a server against the contract of the two AWS services."`
}

func main() {
	line, err := newParser(&commands{}).Parse(os.Args[1:])
	if err == nil {
		err = line.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "timbre:", err)
		os.Exit(1)
	}
}

func newParser(to *commands) *kong.Kong {
	return kong.Must(to, append(config.Options(),
		kong.Name("timbre"),
		kong.Description("Voice analytics for live telephone calls: who is speaking, and how they sound."),
		kong.Vars{"areas": strings.Join(conformance.Areas(), ", ")},
		kong.BindSingletonProvider(interruptible))...)
}
