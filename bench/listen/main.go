// Command listen measures what it brings to use more speech: voiceprints of 20, 30 and 40 s, and names that wait for more speech while
// they are unsure. It enrols everyone of a corpus on a good line, lets everyone call on a noisy one, and prints who is named.
//
//	go run ./bench/listen -speech ../shared/speech
package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"timbre/bench/lab"
	"timbre/models"
	"timbre/search"
)

func main() {
	people := flag.Int("people", 1000, "people, at most")
	lab.Main(func(ctx context.Context, l lab.Lab) error {
		l.Speakers = l.Speakers[:min(*people, len(l.Speakers))]
		return run(ctx, bench{l})
	})
}

func run(ctx context.Context, b bench) error {
	calibration, err := search.ParseCalibration(models.Calibration())
	if err != nil {
		return err
	}
	everyone, err := b.everyone(ctx)
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
