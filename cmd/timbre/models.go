package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"timbre/cmd/timbre/modelset"
	"timbre/cmd/timbre/terminal"
	"timbre/config"
	"timbre/environment"
	"timbre/models/card"
	"timbre/models/catalogue"
	"timbre/models/library"
	"timbre/node"
)

// shelf is `timbre models`.
type shelf struct {
	config.Settings `uses:"data,store.url,infer,models,log"`

	List   shelfList   `cmd:"" help:"List the models of the data folder, and those of the catalogue that can be added."`
	Add    shelfAdd    `cmd:"" help:"Add a model: its folder with a card, or a name of the catalogue, which is downloaded."`
	Use    shelfUse    `cmd:"" help:"Choose the model of its kind that the server uses from its next start on."`
	Verify shelfVerify `cmd:"" help:"Verify models: checksum, values, the same values for the same audio, speed."`

	Migrate shelfMigrate `cmd:"" help:"Make voiceprints of the model in use from kept audio, and list who must enrol again. No server may run."`
}

func (s *shelf) library() *library.Library { return node.Library(s.Settings) }

type shelfList struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints a model a line.
func (c shelfList) Run(s *shelf) error {
	rows, err := modelset.Rows(s.library())
	if err != nil {
		return err
	}
	return modelset.PrintRows(os.Stdout, rows, c.JSON)
}

type shelfAdd struct {
	Source string `arg:"" name:"folder|name" help:"Folder that has model.yaml, or a name of the catalogue."`
	ONNX   string `name:"file" placeholder:"FILE" help:"ONNX file of a model of the catalogue, if it has been downloaded or exported already."`
}

// Run adds the model; a second run goes on with a download that was interrupted.
func (c shelfAdd) Run(ctx context.Context, s *shelf) error {
	bar := terminal.Of(os.Stderr, os.Getenv).Bar(true)
	defer bar.Close()
	add := modelset.Adder{
		Library: s.library(), Client: catalogue.Client(), Cache: filepath.Join(s.Data, "models", ".downloads"), Say: os.Stdout, Tell: bar.At,
	}
	return add.Add(ctx, c.Source, c.ONNX)
}

type shelfUse struct {
	Model       string `arg:"" help:"NAME or NAME@VERSION."`
	Calibration string `placeholder:"FILE" help:"Calibration of a speaker model that came without one."`
}

// Run chooses the model.
func (c shelfUse) Run(s *shelf) error {
	var calibration []byte
	if c.Calibration != "" {
		var err error
		if calibration, err = library.ReadFile(c.Calibration, 1<<20); err != nil {
			return err
		}
	}
	e, err := s.library().Find(c.Model)
	if err != nil {
		return err
	}
	if e.Card.Kind == card.Speaker && calibration == nil {
		if err := node.Uncalibrated(s.Settings, e); err != nil {
			return err
		}
	}
	e, err = s.library().Use(c.Model, calibration)
	if err != nil {
		return err
	}
	modelset.Used(os.Stdout, e)
	return nil
}

type shelfVerify struct {
	Models []string `arg:"" optional:"" name:"model" help:"NAME or NAME@VERSION; without one, all models of the data folder."`
	JSON   bool     `name:"json" help:"Print JSON."`
}

// Run verifies the models. It fails if one is not as its card says.
func (c shelfVerify) Run(ctx context.Context, s *shelf) error {
	l := s.library()
	entries, err := l.List()
	if len(c.Models) > 0 {
		entries = nil
		for _, name := range c.Models {
			e, err := l.Find(name)
			if err != nil {
				return err
			}
			entries = append(entries, e)
		}
	}
	if err != nil {
		return err
	}
	verdicts, err := modelset.Verify(ctx, entries)
	if err != nil {
		return err
	}
	return modelset.PrintVerdicts(os.Stdout, verdicts, c.JSON)
}

type shelfMigrate struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run migrates the profiles; a second run goes on where the first was interrupted.
func (c shelfMigrate) Run(ctx context.Context, s *shelf) error {
	bar := terminal.Of(os.Stderr, os.Getenv).Bar(false)
	defer bar.Close()
	m, err := node.Migrate(ctx, environment.Environment{Log: s.Log.Logger(os.Stderr)}, s.Settings, bar.At)
	bar.Close()
	if m.Model == "" {
		return err
	}
	return errors.Join(modelset.PrintMigration(os.Stdout, m, c.JSON), err)
}
