package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"timbre/cmd/timbre/analyze"
	"timbre/cmd/timbre/terminal"
	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

// recordings is `timbre analyze`.
type recordings struct {
	Files  []string `arg:"" name:"file" help:"WAV files of PCM, floating point, G.711 or GSM, at 8 to 192 kHz. Of two channels, the first is the caller's."`
	Domain string   `placeholder:"ID" help:"Voice profile domain to search for the speakers, in the data folder; a server may be running on it."`
	JSON   bool     `name:"json" help:"Print JSON."`

	config.Settings `uses:"data,store.url,search,speech,tone,infer,models,log"`
}

// Run prints the report on standard output; progress goes to standard error. It fails if a file could not be analysed.
func (r recordings) Run(ctx context.Context) (err error) {
	heard, err := node.OpenOffline(ctx, environment.Environment{Log: r.Log.Logger(os.Stderr)}, r.Settings, r.Domain)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, heard.Close()) }()
	a := analyze.Analysis{VAD: heard.VAD, Speech: heard.Speech, Scores: heard.Scorer, Words: heard.Words, Embedder: heard.Embedder, Domain: r.Domain, Now: time.Now}
	if heard.Searcher != nil {
		a.Searcher = heard.Searcher
	}
	status := terminal.Of(os.Stderr, os.Getenv)
	report, err := a.Files(ctx, r.Files, status)
	if err != nil {
		return err
	}
	if err := report.Print(terminal.Of(os.Stdout, os.Getenv), r.JSON); err != nil {
		return err
	}
	fmt.Fprintln(status, report.Summary())
	return report.Failed()
}
