// Command voices measures how well two people on one leg are noticed. It makes legs on which one person speaks, and legs on which
// two take turns of 2 to 5 s, from recordings of people, sends them through telephone lines and the VAD, and prints how often a
// second voice is found where there is one, and where there is none.
//
//	go run ./bench/voices -speech ../shared/speech
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"timbre/bench/corpus"
	"timbre/infer"
	"timbre/models"
	"timbre/voice"
)

func main() {
	dir := flag.String("speech", "../shared/speech", "folder with index.json and the recordings")
	part := flag.String("part", "dev", "part of the recordings")
	legs := flag.Int("legs", 200, "legs of each kind")
	threads := flag.Int("threads", 1, "legs at a time")
	flag.Parse()
	if err := run(context.Background(), *dir, *part, *legs, *threads); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, part string, legs, threads int) error {
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
	l := lab{vad, voice.New(net, models.Speaker().String()), everyone(speakers)}
	cases, err := l.measure(ctx, legs, threads)
	if err != nil {
		return err
	}
	report(cases)
	return nil
}
