// Command timbre is the server, and what one needs around it: a demo, a telephone, an ear for recordings, a look at the live
// calls and at the settings.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"timbre/config"
	"timbre/conformance"
)

// commands are the program's, as kong reads them.
type commands struct {
	Serve   serve      `cmd:"" help:"Run the server."`
	Demo    story      `cmd:"" help:"A whole story on loopback: callers are enrolled, call again, and are recognised."`
	Call    dial       `cmd:"" help:"Play WAV files as a live call to a server: a telephone."`
	Analyze recordings `cmd:"" help:"Analyse recordings as a server analyses calls: speech, tone, and who may be speaking."`
	Calls   list       `cmd:"" help:"List the live calls of a server, with their transaction ids."`
	Config  settings   `cmd:"" help:"Show the effective settings and where each comes from."`

	Conformance judge `cmd:"" help:"Hold a server against the contract of the two AWS services."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	parser := kong.Must(&commands{}, append(config.Options(),
		kong.Name("timbre"),
		kong.Description("Voice analytics for live telephone calls: who is speaking, and how they sound."),
		kong.Vars{"areas": strings.Join(conformance.Areas(), ", ")},
		kong.BindTo(ctx, (*context.Context)(nil)))...)
	line, err := parser.Parse(os.Args[1:])
	if err == nil {
		err = line.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "timbre:", err)
		os.Exit(1)
	}
}
