// Command margin measures how much unvoiced audio should go with the voiced stretches that a voice is recognised from: it
// plays people's speech, which it is given, through a telephone line and the detector, with margins of several lengths,
// and prints for each how well the embeddings tell the people apart.
//
//	go run ./bench/margin -speech ../shared/speech
package main

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"log"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/infer"
	"timbre/models"
	"timbre/speech"
)

var margins = []time.Duration{0, 50e6, 100e6, 200e6, 300e6, 500e6, time.Hour} // the last: all audio

func main() {
	dir := flag.String("speech", "../shared/speech", "folder with index.json and the recordings")
	tests := flag.Int("tests", 4, "test pieces of 10 s a speaker, at most")
	threads := flag.Int("threads", 1, "embeddings at a time")
	flag.Parse()
	if err := run(*dir, *tests, *threads); err != nil {
		log.Fatal(err)
	}
}

func run(dir string, tests, threads int) error {
	speakers, err := readCorpus(dir)
	if err != nil {
		return err
	}
	rt, err := infer.New(infer.Config{Threads: threads})
	if err != nil {
		return err
	}
	defer rt.Close()
	v, s := models.VAD(), models.Speaker()
	vad, err := rt.Load(v.Name, v.ONNX, v.Inputs, v.Outputs, infer.Short)
	if err != nil {
		return err
	}
	net, err := rt.Load(s.Name, s.ONNX, s.Inputs, s.Outputs, infer.Long)
	if err != nil {
		return err
	}
	lab := lab{vad: vad, speaker: net, tests: tests}
	for _, l := range lines {
		fmt.Printf("\n%s\n%-9s %8s %8s %8s %8s %8s %6s %9s\n", l.name, "margin", "EER %", "FRR@1%", "FRR@0.1%", "same", "differ", "audio", "trials")
		voices := make([]voice, len(speakers))
		g, ctx := errgroup.WithContext(context.Background())
		g.SetLimit(threads)
		for i, p := range speakers {
			g.Go(func() (err error) { voices[i], err = lab.listen(ctx, p, l); return err })
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for m, margin := range margins {
			report(voices, m, margin)
		}
	}
	return nil
}

// report prints the line of one margin: everyone's tests against everyone's enrolment of the same corpus.
func report(voices []voice, m int, margin time.Duration) {
	var t trials
	var audio, net float64
	for _, a := range voices {
		for _, test := range a.tests {
			audio, net = audio+test[m].audio.Seconds(), net+test[m].net.Seconds()
			for _, b := range voices {
				if a.corpus != b.corpus || b.enrolled == nil {
					continue
				}
				score := test[m].embedding.dot(b.enrolled[m].embedding)
				if a.name == b.name {
					t.same = append(t.same, score)
				} else {
					t.different = append(t.different, score)
				}
			}
		}
	}
	name := margin.String()
	if margin == time.Hour {
		name = "all"
	}
	fmt.Printf("%-9s %8.2f %8.2f %8.2f %8.3f %8.3f %6.2f %4d/%d\n", name, 100*t.eer(), 100*t.frr(0.01), 100*t.frr(0.001),
		mean(t.same), mean(t.different), audio/net, len(t.same), len(t.different))
}

// seed makes a speaker's line the same in every run.
func seed(parts ...string) *rand.Rand {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
	}
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

// lab turns speech into embeddings.
type lab struct {
	vad     speech.VAD
	speaker interface {
		Wave(ctx context.Context, samples []float32) ([]float32, error)
	}
	tests int
}

type vector []float32

func (v vector) dot(w vector) float64 {
	var sum float64
	for i := range v {
		sum += float64(v[i]) * float64(w[i])
	}
	return sum
}

// piece is a stretch of speech as it was embedded.
type piece struct {
	embedding  vector
	net, audio time.Duration
}

// voice is a speaker's enrolment and tests, each once a margin.
type voice struct {
	name, corpus string
	enrolled     []piece
	tests        [][]piece
}

const (
	enrolment = 20 * time.Second
	testing   = 10 * time.Second
)

// listen enrols a speaker from 20 s of net speech and makes tests of 10 s from what follows. Less than 80 % is left out.
func (l lab) listen(ctx context.Context, p speaker, on line) (voice, error) {
	v := voice{name: p.name, corpus: p.corpus}
	first, rest := take(p.utterances, enrolment+4*time.Second)
	slices.Reverse(rest) // the newest first: where the times are known, another day
	var err error
	if v.enrolled, err = l.pieces(ctx, on.leg(first, false, seed(p.name, on.name)), enrolment); err != nil || v.enrolled == nil {
		return v, err
	}
	for i := 0; i < l.tests; i++ {
		var some [][]int16
		if some, rest = take(rest, testing+2*time.Second); some == nil {
			break
		}
		test, err := l.pieces(ctx, on.leg(some, true, seed(p.name, on.name, fmt.Sprint(i))), testing)
		if err != nil {
			return v, err
		}
		if test != nil {
			v.tests = append(v.tests, test)
		}
	}
	return v, nil
}

// take splits off utterances that last at least as long as asked for, or all.
func take(utterances [][]int16, length time.Duration) (some, rest [][]int16) {
	var sum time.Duration
	for i, u := range utterances {
		if sum += timbre.Duration(len(u)); sum >= length {
			return utterances[:i+1], utterances[i+1:]
		}
	}
	return utterances, nil
}

// pieces embeds a leg once a margin, as soon as it has so much net speech; nil when it never has 80 % of it.
func (l lab) pieces(ctx context.Context, pcm []int16, enough time.Duration) ([]piece, error) {
	memo := &memory{vad: l.vad}
	all := make([]piece, 0, len(margins))
	for _, margin := range margins {
		var p piece
		var audio []float32
		memo.next = 0
		d := speech.NewDetector(memo, func(s timbre.Speech) {
			if p.net < enough {
				p.net, audio = s.Net, append(audio, s.PCM...)
			}
		})
		d.Margin = margin
		for i := 0; i < len(pcm); i += timbre.FrameSamples {
			d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: pcm[i:min(i+timbre.FrameSamples, len(pcm))]})
		}
		d.Flush()
		if err := d.Err(); err != nil || p.net < enough*8/10 {
			return nil, err
		}
		var err error
		if p.embedding, err = l.speaker.Wave(ctx, audio); err != nil {
			return nil, err
		}
		p.audio = timbre.Duration(len(audio))
		all = append(all, p)
	}
	return all, nil
}

// memory asks the VAD once and repeats its answers for the other margins.
type memory struct {
	vad  speech.VAD
	said []float32
	next int
}

func (m *memory) Step(ctx context.Context, window, state []float32) (float32, error) {
	if m.next++; m.next <= len(m.said) {
		return m.said[m.next-1], nil
	}
	p, err := m.vad.Step(ctx, window, state)
	m.said = append(m.said, p)
	return p, err
}
