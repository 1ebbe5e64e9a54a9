// Package lab holds what the benchmarks of voices share: their flags, the recordings that they measure with, the models of the product,
// and the path of audio through the VAD.
package lab

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"timbre"
	"timbre/bench/corpus"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
	"timbre/speech"
	"timbre/voice"
)

// Lab has the speech of a part of a corpus and the models of the product.
type Lab struct {
	Speakers []corpus.Speaker
	VAD      speech.VAD
	Voices   *voice.Embedder
	Threads  int // embeddings at a time
}

// Main parses the flags, those of all benchmarks and those that the command has defined, and runs the command.
func Main(run func(context.Context, Lab) error) {
	dir := flag.String("speech", "../shared/speech", "folder with index.json and the recordings")
	part := flag.String("part", "dev", "part of the recordings")
	threads := flag.Int("threads", 1, "embeddings at a time")
	flag.Parse()
	if err := open(*dir, *part, *threads, run); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func open(dir, part string, threads int, run func(context.Context, Lab) error) (err error) {
	speakers, err := corpus.Read(dir, part)
	if err != nil {
		return err
	}
	rt, err := infer.New(environment.Environment{}, infer.Config{Threads: threads})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rt.Close()) }()
	vad, err := rt.Load(models.VAD(), infer.Short)
	if err != nil {
		return err
	}
	net, err := rt.Load(models.Speaker(), infer.Long)
	if err != nil {
		return err
	}
	return run(context.Background(), Lab{speakers, vad, voice.New(net, models.Speaker().String()), threads})
}

// Detect sends the audio of a leg through the VAD, and hands the speech in it to out.
func (l Lab) Detect(pcm []int16, out func(timbre.Speech)) error {
	d := speech.NewDetector(l.VAD, out)
	for i := 0; i < len(pcm); i += timbre.FrameSamples {
		d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: pcm[i:min(i+timbre.FrameSamples, len(pcm))]})
	}
	d.Flush()
	return d.Err()
}
