// Command gates measures what the gates of the clean leg drop. It makes two-party calls of a corpus of speech, disturbs the caller's leg
// in one way at a time, and compares what passes to the analysis with the caller's own speech.
//
//	go run ./bench/gates -speech ../shared/speech
//
// kept is the share of the caller's speech that passes, of what the undisturbed leg gives without gates; worst is that of the worst
// call. other is what else passes in a minute, in seconds, with the gates and without.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"timbre/bench/corpus"
	"timbre/bench/line"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
)

func main() {
	dir := flag.String("speech", "../shared/speech", "folder with index.json and the recordings")
	people := flag.Int("people", 77, "callers, at most")
	only := flag.String("only", "", "measure the disturbances whose name contains this")
	flag.Parse()
	if err := run(*dir, *people, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string, people int, only string) error {
	speakers, err := corpus.Read(dir, "dev")
	if err != nil {
		return err
	}
	line.Seed("gates").Shuffle(len(speakers), func(i, k int) { speakers[i], speakers[k] = speakers[k], speakers[i] })
	speakers = speakers[:min(people, len(speakers))]
	rt, err := infer.New(environment.Environment{}, infer.Config{Threads: 1})
	if err != nil {
		return err
	}
	defer func() { _ = rt.Close() }()
	vad, err := rt.Load(models.VAD(), infer.Short)
	if err != nil {
		return err
	}
	fmt.Printf("%-26s %6s %7s %9s %9s  %s\n", "disturbance", "kept", "worst", "other", "ungated", "dropped, s a minute")
	for _, d := range disturbances {
		if !strings.Contains(d.name, only) {
			continue
		}
		var sum total
		for i := range speakers {
			r, err := measure(vad, d, speakers, i)
			if err != nil {
				return err
			}
			sum.add(r)
		}
		fmt.Println(sum.row(d.name))
	}
	return nil
}

// talk is how much a caller says in a call.
const talk = 20 * time.Second
