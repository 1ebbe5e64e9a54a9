// Command timbre is the server and its tools: a demo, a phone, the analysis of recordings, and lists of the live calls and of the
// settings.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"

	"timbre/check/sbc"
	"timbre/config"
	"timbre/conformance"
)

// commands is the grammar of the command line.
type commands struct {
	Init   beginning `cmd:"" group:"serve" help:"Write a file of settings to begin with."`
	Check  checks    `cmd:"" group:"serve" help:"Check settings and machine before a server serves, or what session border controllers send."`
	Serve  serve     `cmd:"" group:"serve" help:"Run the server."`
	Config settings  `cmd:"" group:"serve" help:"Show the effective settings and their origins."`
	Bridge bridges   `cmd:"" group:"serve" help:"Bring the calls of another service to a server."`

	Demo    story      `cmd:"" group:"try" help:"Run a demo on loopback: callers are enrolled, call again, and are identified."`
	Call    dial       `cmd:"" group:"try" help:"Place a live call that plays WAV files."`
	Analyze recordings `cmd:"" group:"try" help:"Analyse recordings as the server analyses calls: speech, tone and speaker."`

	Health  health    `cmd:"" group:"operate" help:"Ask a server whether it takes calls; the exit status says so. For health checks of containers."`
	Calls   list      `cmd:"" group:"operate" help:"List the live calls of a server with their transaction ids."`
	Outbox  post      `cmd:"" group:"operate" help:"List, show, retry and drop notifications: dead letters, and what waits to be delivered."`
	Backup  backup    `cmd:"" group:"operate" help:"Copy the database to a file, also while the server runs, and check the copy. The key file is not part of it."`
	Restore restore   `cmd:"" group:"operate" help:"Put a backup in place of the database, or check it. No server may run."`
	Upgrade upgrade   `cmd:"" group:"operate" help:"Say what an upgrade to this version would do to a data folder, and whether it can be undone."`
	Token   pass      `cmd:"" group:"operate" help:"Print the operator's token, which the admin port asks for. It follows from the key file of the data folder."`
	Pprof   profiling `cmd:"" group:"operate" help:"Write a profile of a running server to a file: its memory, CPU time or goroutines."`

	Models    shelf       `cmd:"" group:"models" help:"List, add, choose and verify the neural networks that the server runs."`
	Eval      evaluation  `cmd:"" group:"models" help:"Measure speaker recognition on recordings of known people, or tone on recordings of known tone."`
	Calibrate calibration `cmd:"" group:"models" help:"Fit the probability of a match to your own people and lines; list and revoke what was fitted."`

	Conformance judge `cmd:"" group:"develop" help:"Test a server against the contract of the two AWS services."`

	Version    version    `cmd:"" group:"about" help:"Print the versions of the program, of ONNX Runtime, of the database and of the models in use."`
	Licenses   notices    `cmd:"" group:"about" help:"Print the licences of Timbre and of everything in the binary and beside it."`
	Man        manual     `cmd:"" group:"about" help:"Print the man page."`
	Completion completion `cmd:"" group:"about" help:"Print what makes a shell complete the commands and their flags."`
}

// groups are the headings of the commands.
var groups = []kong.Group{
	{Key: "serve", Title: "Run a server:"},
	{Key: "try", Title: "Try it:"},
	{Key: "operate", Title: "Operate a server:"},
	{Key: "models", Title: "Models and accuracy:"},
	{Key: "develop", Title: "Develop against it:"},
	{Key: "about", Title: "About this program:"},
}

func main() {
	err := run()
	var told exit
	switch {
	case errors.As(err, &told):
		os.Exit(int(told))
	case err != nil:
		fmt.Fprintln(os.Stderr, "timbre:", sentence(err))
		os.Exit(1)
	}
}

func run() error {
	if err := withhold(); err != nil {
		return err
	}
	parser := newParser(&commands{})
	kongcompletion.Register(parser) // ends the program if it is a shell that asks
	line, err := parser.Parse(os.Args[1:])
	if err != nil {
		return err
	}
	return line.Run(parser)
}

func newParser(to *commands) *kong.Kong {
	return kong.Must(to, append(config.Options(),
		kong.Name("timbre"),
		kong.Description("Voice analytics for live telephone calls: who is speaking, and how they sound."),
		kong.ExplicitGroups(groups),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, Compact: true}),
		kong.Vars{"areas": strings.Join(conformance.Areas(), ", "), "vendors": strings.Join(sbc.Keys(), ", ")},
		kong.BindSingletonProvider(interruptible))...)
}
