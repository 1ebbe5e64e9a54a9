// Command lines measures what bad lines do to the names. People call a server without ports, each on a line where something
// happens: ring-back, music, the agent's echo, babble, an announcement, poor codecs, noise, lost packets. It prints how many are
// named rightly, wrongly, not at all or refused with a reason; how many strangers are named in domains of several sizes; and what
// comes of two people who are enrolled as one.
//
//	go run ./bench/lines -speech ../shared/speech
//
// The calls pass every stage from frames to results as in a server, at the clock of the calls. ffmpeg decodes the speech and has the
// codecs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"timbre/bench/corpus"
)

// options are the flags.
type options struct {
	speech, part, json, rows string
	trials                   string
	people, rounds, threads  int
	strangers                int
	length                   time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.speech, "speech", "../shared/speech", "folder with index.json and the recordings")
	flag.StringVar(&o.part, "part", "dev", "part of the speakers")
	flag.StringVar(&o.json, "json", "", "file for the results")
	flag.StringVar(&o.rows, "rows", "", "rows to measure, separated by commas; all: "+strings.Join(keys(), ", "))
	flag.StringVar(&o.trials, "trials", "", "folder for recordings of the calls and a list of trials for timbre eval; nothing is measured")
	flag.IntVar(&o.people, "people", 1000, "people, at most")
	flag.IntVar(&o.rounds, "rounds", 1, "calls of a person on a line, at most")
	flag.IntVar(&o.strangers, "calls", 2, "calls of a person into domains of each size without the person")
	flag.IntVar(&o.threads, "threads", 1, "embeddings at a time")
	flag.DurationVar(&o.length, "length", 14*time.Second, "speech of a call")
	flag.Parse()
	out := os.Stdout
	atCallTime(func() error {
		r, err := run(context.Background(), o)
		if err != nil || o.trials != "" {
			return err
		}
		r.print(out)
		if o.json != "" {
			return r.save(o.json)
		}
		return nil
	})
}

const strangersKey, pairsKey = "strangers", "pairs"

func keys() (all []string) {
	for _, r := range rows {
		all = append(all, r.key)
	}
	return append(all, strangersKey, pairsKey)
}

func run(ctx context.Context, o options) (r Report, err error) {
	wanted := keys()
	if o.rows != "" {
		wanted = strings.Split(o.rows, ",")
	}
	for _, key := range wanted {
		if !slices.Contains(keys(), key) {
			return r, fmt.Errorf("there is no row %q", key)
		}
	}
	speakers, err := corpus.Read(o.speech, o.part)
	if err != nil {
		return r, err
	}
	if o.trials != "" {
		return r, writeTrials(o, wanted, speakers)
	}
	callers, others := assign(speakers, o.length, o.rounds)
	p, err := open(ctx, o.threads)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	b := &bench{product: p, callers: callers[:min(o.people, len(callers))], announcement: others[0].Utterances, rounds: o.rounds}
	if err := b.enrolAll(); err != nil {
		return r, err
	}
	for _, row := range rows {
		if !slices.Contains(wanted, row.key) {
			continue
		}
		if err := b.measure(row); err != nil {
			return r, err
		}
	}
	if slices.Contains(wanted, strangersKey) {
		if err := b.measureStrangers(o.strangers); err != nil {
			return r, err
		}
	}
	if slices.Contains(wanted, pairsKey) {
		if err := b.measurePairs(); err != nil {
			return r, err
		}
	}
	return b.report, nil
}
