package main

import (
	"context"
	"errors"
	"io"
	"os"

	"timbre"
	"timbre/cmd/timbre/evaluate"
	"timbre/cmd/timbre/terminal"
	"timbre/config"
	"timbre/environment"
	"timbre/evaluate/report"
	"timbre/evaluate/trial"
	"timbre/node"
	"timbre/search"
	"timbre/tone"
)

// evaluation is `timbre eval`.
type evaluation struct {
	cutting
	Trials string `arg:"" help:"List of trials, or folder with one sub-folder of recordings a person, or with index.json. With --tone: list of recordings with their tones, or folder with the sub-folders positive, neutral and negative."`
	Domain string `placeholder:"ID" help:"Use the calibration and the tags of this voice profile domain, as far as it has its own."`
	Tone   bool   `help:"Measure tone instead of speakers."`
	Draws  int    `default:"1000" help:"Draws of people for the 95 % intervals."`
	JSON   bool   `name:"json" help:"Print JSON."`
	HTML   string `name:"html" placeholder:"FILE" help:"Write a report with plots to this file."`
	Scores string `placeholder:"FILE" help:"Write the score of each trial to this file, as CSV."`

	config.Settings `uses:"data,store.url,search,speech,tone,infer,models,log"` // last, so that help shows the command's own flags first
}

// Run prints the figures on standard output; progress goes to standard error.
func (e evaluation) Run(ctx context.Context) (err error) {
	if err := e.check(); err != nil {
		return err
	}
	if e.Draws < 0 {
		return timbre.Errorf(timbre.Invalid, "", "draws must be at least 0 (no intervals)")
	}
	offline, err := node.OpenOffline(ctx, environment.Environment{Log: e.Log.Logger(os.Stderr)}, e.Settings, e.Domain)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, offline.Close()) }()
	if e.Tone {
		return e.tone(ctx, offline)
	}
	return e.speakers(ctx, offline)
}

// speakers measures speaker recognition.
func (e evaluation) speakers(ctx context.Context, offline *node.Offline) error {
	heard, err := e.hear(ctx, e.Trials, offline, false)
	if err != nil {
		return err
	}
	if err := heard.Suffices(); err != nil {
		return err
	}
	calibration, whose, err := offline.Applied(e.Domain)
	if err != nil {
		return err
	}
	rule, err := offline.Rule(ctx, e.Domain)
	if err != nil {
		return err
	}
	m := evaluate.Measure{
		Model: offline.Model, Calibration: calibration, Rule: rule, Draws: e.Draws,
		NewSearcher: func(s search.Source) evaluate.Searcher { return offline.Search(s, calibration, rule) },
	}
	r, err := m.Speaker(ctx, heard)
	if err != nil {
		return err
	}
	r.Title, r.Calibration, r.Protocol.EnrolSeconds = e.Trials, whose, e.Enrol.Seconds()
	for _, t := range e.Test {
		r.Protocol.TestSeconds = append(r.Protocol.TestSeconds, t.Seconds())
	}
	if err := toFile(e.Scores, func(w io.Writer) error { return evaluate.WriteScores(w, heard, calibration) }); err != nil {
		return err
	}
	return e.print(r)
}

// tone measures tone.
func (e evaluation) tone(ctx context.Context, offline *node.Offline) error {
	spoken, err := trial.ReadTones(e.Trials)
	if err != nil {
		return err
	}
	ears := evaluate.ToneEars{VAD: offline.VAD, Speech: offline.Speech, NewTrack: func() evaluate.Track { return tone.NewTrack(offline.Scorer, offline.Words) }}
	heard, err := ears.Tones(ctx, spoken, e.cores(), terminal.Of(os.Stderr, os.Getenv))
	if err != nil {
		return err
	}
	r := evaluate.ToneMeasure{Model: offline.ToneModel, Draws: e.Draws}.Report(heard)
	r.Title = e.Trials
	if err := toFile(e.Scores, func(w io.Writer) error { return evaluate.WriteTones(w, heard) }); err != nil {
		return err
	}
	return e.print(r)
}

// printed is a report.
type printed interface {
	Text(w io.Writer) error
	HTML(w io.Writer) error
}

func (e evaluation) print(r printed) error {
	if err := toFile(e.HTML, r.HTML); err != nil {
		return err
	}
	if e.JSON {
		return report.JSON(os.Stdout, r)
	}
	return r.Text(os.Stdout)
}

// toFile writes a file, if it has a name.
func toFile(name string, write func(io.Writer) error) error {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
