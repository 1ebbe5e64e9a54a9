package main

import (
	"context"
	"os"
	"runtime"
	"slices"
	"time"

	"timbre"
	"timbre/cmd/timbre/evaluate"
	"timbre/cmd/timbre/terminal"
	"timbre/evaluate/trial"
	"timbre/node"
)

// cutting are the flags of commands that hear known people.
type cutting struct {
	Enrol  time.Duration   `default:"20s" help:"Net speech of an enrolment."`
	Test   []time.Duration `default:"10s" sep:"," help:"Net speech of a test. In a folder, several lengths are compared."`
	Pieces int             `default:"4" help:"Tests a person and length that are cut from a folder, at most."`
	Part   string          `default:"dev" help:"Part of the people of an index.json; empty: all."`
	Cores  int             `help:"Recordings that are heard at a time; 0: one a core."`
}

// hear hears the people of a list or of a folder. Apart: no test is of the recording that the enrolment is of.
func (c cutting) hear(ctx context.Context, name string, offline *node.Offline, apart bool) (evaluate.Heard, error) {
	ears, status := evaluate.Ears{VAD: offline.VAD, Speech: offline.Speech, Embedder: offline.Embedder}, terminal.Of(os.Stderr, os.Getenv)
	if err := c.check(); err != nil {
		return evaluate.Heard{}, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return evaluate.Heard{}, err
	}
	if !info.IsDir() {
		trials, err := trial.ReadListFile(name)
		if err != nil {
			return evaluate.Heard{}, err
		}
		return ears.Trials(ctx, trials, c.Enrol, c.Test[0], c.cores(), status)
	}
	people, err := trial.ReadFolder(name, c.Part)
	if err != nil {
		return evaluate.Heard{}, err
	}
	return ears.People(ctx, people, evaluate.Cut{Enrol: c.Enrol, Tests: c.Test, Limit: c.Pieces, Apart: apart}, c.cores(), status)
}

// check says what flag is out of range.
func (c cutting) check() error {
	if c.Enrol <= 0 || len(c.Test) == 0 || slices.Min(c.Test) <= 0 || c.Pieces < 1 {
		return timbre.Errorf(timbre.Invalid, "", "enrol and each test must be above 0, and pieces at least 1")
	}
	return nil
}

// cores is how many recordings are heard at a time.
func (c cutting) cores() int {
	if c.Cores < 1 {
		return runtime.GOMAXPROCS(0)
	}
	return c.Cores
}
