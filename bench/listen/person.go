package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/bench/corpus"
	"timbre/bench/lab"
	"timbre/bench/line"
)

// bench makes voiceprints as the product does.
type bench struct{ lab.Lab }

// person is someone who is enrolled and calls: the voiceprints of either, by net speech, the shorter first.
type person struct {
	name            string
	enrolled, calls []timbre.Voiceprint
}

// everyone makes the voiceprints of everyone who has speech for a short enrolment and a call of 20 s.
func (b bench) everyone(ctx context.Context) ([]person, error) {
	people := make([]person, len(b.Speakers))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(b.Threads)
	for i, s := range b.Speakers {
		g.Go(func() (err error) {
			people[i], err = b.person(ctx, s)
			return err
		})
	}
	err := g.Wait()
	return slices.DeleteFunc(people, func(p person) bool { return len(p.enrolled) == 0 || len(p.calls) < 3 }), err
}

// person enrols with the oldest recordings and calls with the newest.
func (b bench) person(ctx context.Context, s corpus.Speaker) (p person, err error) {
	p.name = s.Name
	order := slices.Clone(s.Utterances)
	slices.Reverse(order)
	calls, rest := corpus.SplitOff(order, 32*time.Second)
	if length(rest) < 22*time.Second {
		calls, rest = corpus.SplitOff(order, 22*time.Second)
	}
	slices.Reverse(rest)
	if p.enrolled, err = b.prints(ctx, line.Lines[0].Leg(rest, false, line.Seed(s.Name, "enrol")), enrolments); err != nil {
		return p, err
	}
	p.calls, err = b.prints(ctx, line.Lines[2].Leg(calls, true, line.Seed(s.Name, "call")), looks)
	return p, err
}

func length(utterances [][]int16) (sum time.Duration) {
	for _, u := range utterances {
		sum += timbre.Duration(len(u))
	}
	return sum
}

// prints makes a voiceprint of each amount of net speech that a leg has.
func (b bench) prints(ctx context.Context, pcm []int16, amounts []time.Duration) (prints []timbre.Voiceprint, err error) {
	var audio []float32
	detected := b.Detect(pcm, func(s timbre.Speech) {
		audio = timbre.Wave(audio, s.PCM)
		if n := len(prints); err == nil && n < len(amounts) && s.Net >= amounts[n] {
			var v timbre.Voiceprint
			if v, err = b.Voices.Embed(ctx, audio, s.Net); err == nil {
				prints = append(prints, v)
			}
		}
	})
	if timbre.KindOf(err) == timbre.Unprocessable {
		err = nil // too poor: who calls is left out
	}
	return prints, errors.Join(err, detected)
}
