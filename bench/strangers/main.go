// Command strangers measures how many strangers a search names, and how many true callers, by the number of profiles searched, over lines
// of all kinds. With -fit it also writes the calibration of the speaker model, fitted on the same calls.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"

	"timbre/bench/corpus"
	"timbre/config"
	"timbre/environment"
	"timbre/models"
	"timbre/node"
	"timbre/search"
	"timbre/search/fit"
)

func main() {
	dir := flag.String("speech", "../shared/speech", "folder with index.json and the recordings")
	part := flag.String("part", "dev", "part of the people of index.json")
	keep := flag.String("keep", "", "file of the voiceprints: read if it is there, else written")
	write := flag.String("fit", "", "write the calibration that is fitted on all of these people to this file")
	var rule search.Rule
	flag.Float64Var(&rule.Threshold, "threshold", search.DefaultThreshold, "search.threshold")
	flag.Float64Var(&rule.Strangers, "strangers", search.DefaultStrangers, "search.strangers")
	flag.Float64Var(&rule.Prior, "prior", search.DefaultPrior, "search.prior")
	flag.Parse()
	if err := run(context.Background(), *dir, *part, *keep, *write, rule, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, part, keep, write string, rule search.Rule, out io.Writer) error {
	voices, err := kept(keep, func() ([]voice, error) { return embed(ctx, dir, part) })
	if err != nil {
		return err
	}
	all := compare(voices)
	c, err := fit.Calibrate(trials(all))
	if err != nil {
		return err
	}
	model := models.Speaker()
	c.Model, c.Version = model.Name, model.Version
	c.Fitted.On = "recorded speech of the part " + part + ", over clean, noisy, loud, quiet and GSM lines and babble, 20 s against 5 to 20 s"
	if write != "" {
		document, err := json.MarshalIndent(c, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(write, append(document, '\n'), 0o644); err != nil {
			return err
		}
	}
	return report(out, all, &c, rule)
}

// embed opens the models of the server and makes the voiceprints of all speakers.
func embed(ctx context.Context, dir, part string) (voices []voice, err error) {
	speakers, err := corpus.Read(dir, part)
	if err != nil {
		return nil, err
	}
	offline, err := node.OpenOffline(ctx, environment.Environment{}, config.Defaults(), "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, offline.Close()) }()
	return analysis{offline}.all(ctx, speakers, runtime.NumCPU())
}
