// Command listen measures what it brings to listen longer: voiceprints of 20, 30 and 40 s, and names that wait for more speech while
// they are unsure. It enrols everyone of a corpus on a good line, lets everyone call on a noisy one, and prints who is named.
//
//	go run ./bench/listen -speech ../shared/speech
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"timbre/bench/corpus"
	"timbre/infer"
	"timbre/models"
	"timbre/search"
	"timbre/voice"
)

func main() {
	dir := flag.String("speech", "../shared/speech", "folder with index.json and the recordings")
	part := flag.String("part", "dev", "part of the recordings")
	people := flag.Int("people", 1000, "people, at most")
	threads := flag.Int("threads", 1, "people at a time")
	flag.Parse()
	if err := run(context.Background(), *dir, *part, *people, *threads); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, part string, people, threads int) error {
	speakers, err := corpus.Read(dir, part)
	if err != nil {
		return err
	}
	rt, err := infer.New(infer.Config{Threads: threads})
	if err != nil {
		return err
	}
	defer rt.Close()
	vad, err := rt.Load(models.VAD(), infer.Short)
	if err != nil {
		return err
	}
	net, err := rt.Load(models.Speaker(), infer.Long)
	if err != nil {
		return err
	}
	calibration, err := search.ParseCalibration(models.Calibration())
	if err != nil {
		return err
	}
	l := lab{vad, voice.New(net, models.Speaker().String())}
	everyone, err := l.listen(ctx, speakers[:min(people, len(speakers))], threads)
	if err != nil {
		return err
	}
	fmt.Printf("%d people\n%-11s %-8s %6s %6s %6s %10s %9s\n", len(everyone), "voiceprint", "wait", "right", "wrong", "none", "strangers", "mean wait")
	for _, enrolled := range enrolments {
		for _, wait := range looks {
			if err := report(ctx, everyone, calibration, enrolled, wait); err != nil {
				return err
			}
		}
	}
	return nil
}

// looks are the amounts of net speech at which a caller is searched, and enrolments those of voiceprints.
var (
	looks      = []time.Duration{10 * time.Second, 15 * time.Second, 20 * time.Second, 30 * time.Second}
	enrolments = []time.Duration{20 * time.Second, 30 * time.Second, 40 * time.Second}
)
