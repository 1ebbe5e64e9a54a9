package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"timbre/bench/chaos/trial"
)

// options are the flags.
type options struct {
	binary, results    string
	scenarios          string
	kills, each, lines int
	seed               uint64
	verbose            bool
}

// try runs what the flags say.
func (o options) try(ctx context.Context) error {
	if o.scenarios != "" {
		return o.endure(ctx)
	}
	return o.run(ctx)
}

// run adds trials to those of the file of results until there are enough kills.
func (o options) run(ctx context.Context) error {
	done, err := o.read()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(o.results, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	total := sum(done)
	for seed := o.seed; total.Kills < o.kills && err == nil; seed++ {
		if done[seed] != nil {
			continue
		}
		var r trial.Report
		if r, err = trial.Run(ctx, o.trial(seed, o.kills-total.Kills)); err != nil {
			break
		}
		done[seed] = &r
		total = sum(done)
		for _, fault := range r.Faults {
			fmt.Printf("seed %d: %s\n", seed, fault)
		}
		fmt.Printf("%d kills, %d faults\n", total.Kills, len(total.Faults))
		err = json.NewEncoder(file).Encode(r)
	}
	show(total)
	if len(total.Faults) > 0 {
		err = errors.Join(err, fmt.Errorf("%d faults", len(total.Faults)))
	}
	return errors.Join(err, file.Close())
}

func (o options) trial(seed uint64, left int) trial.Config {
	cfg := trial.Config{Binary: o.binary, Seed: seed, Kills: min(o.each, left), Lines: o.lines}
	if o.verbose {
		cfg.Log = os.Stderr
	}
	return cfg
}

// read reads the reports of earlier runs, by seed. A line that was being written when a run ended is left out.
func (o options) read() (map[uint64]*trial.Report, error) {
	done := map[uint64]*trial.Report{}
	text, err := os.ReadFile(o.results)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for line := range bytes.Lines(text) {
		var r trial.Report
		if json.Unmarshal(line, &r) == nil {
			done[r.Seed] = &r
		}
	}
	return done, nil
}

// sum adds reports up.
func sum(all map[uint64]*trial.Report) (total trial.Report) {
	for _, r := range all {
		total.Kills += r.Kills
		total.Early += r.Early
		total.Calls += r.Calls
		total.Tasks += r.Tasks
		total.Profiles += r.Profiles
		total.Events += r.Events
		total.Deliveries += r.Deliveries
		total.Backlog += r.Backlog
		total.Slowest = max(total.Slowest, r.Slowest)
		total.Faults = append(total.Faults, r.Faults...)
	}
	return total
}

// show prints the table of the docs.
func show(r trial.Report) {
	fmt.Printf(`| kills | of servers not yet ready | calls | tasks | profiles | events | deliveries | waiting at a kill | slowest start | faults |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| %d | %d | %d | %d | %d | %d | %d | %d | %.1f s | %d |
`, r.Kills, r.Early, r.Calls, r.Tasks, r.Profiles, r.Events, r.Deliveries, r.Backlog, r.Slowest.Seconds(), len(r.Faults))
}
