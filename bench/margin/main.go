// Command margin measures how much unvoiced audio around voiced stretches is best for speaker recognition. It sends a corpus of
// speech through a telephone line and the VAD with margins of several lengths, and prints error rates for each.
//
//	go run ./bench/margin -speech ../shared/speech
//
// With -faults it impairs the audio and prints how many tests the quality limits refuse; with -lost it loses packets and compares
// ways to conceal them; with -rates it compares decoding wideband codecs at 8 kHz with decoding at 16 kHz and halving.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre/bench/corpus"
	"timbre/bench/line"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
	"timbre/search"
)

var margins = []time.Duration{0, 50e6, 100e6, 200e6, 300e6, 500e6, time.Hour} // the last one: all audio

func main() {
	dir := flag.String("speech", "../shared/speech", "folder with index.json and the recordings")
	tests := flag.Int("tests", 4, "test pieces of 10 s a speaker, at most")
	rounds := flag.Int("rounds", 3, "times that each speaker is cut into enrolment and tests anew")
	threads := flag.Int("threads", 1, "embeddings at a time")
	quality := flag.Bool("faults", false, "measure instead what the limits of the audio's quality refuse")
	lost := flag.Bool("lost", false, "measure instead what lost packets do to a voice")
	rates := flag.Bool("rates", false, "measure instead at which rate a voice is decoded best")
	people := flag.Int("people", 1000, "speakers, at most")
	flag.Parse()
	if err := run(*dir, *tests, *rounds, *threads, *people, *quality, *lost, *rates); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string, tests, rounds, threads, people int, quality, lost, rates bool) error {
	speakers, err := corpus.Read(dir, "dev")
	if err != nil {
		return err
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(speakers), func(i, k int) { speakers[i], speakers[k] = speakers[k], speakers[i] })
	speakers = speakers[:min(people, len(speakers))]
	rt, err := infer.New(environment.Environment{}, infer.Config{Threads: threads})
	if err != nil {
		return err
	}
	defer rt.Close()
	v, s := models.VAD(), models.Speaker()
	vad, err := rt.Load(v, infer.Short)
	if err != nil {
		return err
	}
	net, err := rt.Load(s, infer.Long)
	if err != nil {
		return err
	}
	calibration, err := search.ParseCalibration(models.Calibration())
	if err != nil {
		return err
	}
	lab := lab{vad: vad, speaker: net, tests: tests}
	if quality {
		return lab.measureImpairments(context.Background(), speakers, calibration)
	}
	if lost {
		return lab.measureLosses(context.Background(), speakers, calibration)
	}
	if rates {
		return lab.measureRates(context.Background(), speakers)
	}
	var all []person
	for n, l := range line.Lines {
		voices := make([]person, len(speakers)*rounds)
		g, ctx := errgroup.WithContext(context.Background())
		g.SetLimit(threads)
		for i := range voices {
			g.Go(func() (err error) {
				voices[i], err = lab.cut(ctx, speakers[i%len(speakers)], i/len(speakers), l)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		table(l.Name, voices, calibration)
		for i := range voices {
			voices[i].round += n * rounds // only recordings of the same line are compared
		}
		all = append(all, voices...)
	}
	table("all lines together", all, calibration)
	return nil
}

func table(name string, voices []person, c search.Calibration) {
	fmt.Printf("\n%s\n%s\n", name, heading)
	for m, margin := range margins {
		report(voices, m, margin, c)
	}
}
