package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"timbre"
	"timbre/bench/corpus"
	"timbre/bench/line"
	"timbre/speech"
)

// lab computes embeddings of speech.
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

// piece is an embedded stretch of speech.
type piece struct {
	embedding  vector
	net, audio time.Duration
}

// person is the enrolment and the tests of a speaker, each once a margin.
type person struct {
	name, corpus string
	round        int
	enrolled     []piece
	tests        [][]piece
}

const (
	enrolment = 20 * time.Second
	testing   = 10 * time.Second
)

// cut makes the enrolment of a speaker of 20 s of net speech, and tests of 10 s of the rest. Less than 80 % of that is left out.
func (l lab) cut(ctx context.Context, p corpus.Speaker, round int, on line.Line) (person, error) {
	v := person{name: p.Name, corpus: p.Corpus, round: round}
	order := slices.Clone(p.Utterances)
	if round > 0 { // the first round is in order of time: enrolment the oldest, tests the newest
		line.Seed(p.Name, fmt.Sprint(round)).Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
	}
	first, rest := corpus.SplitOff(order, enrolment+4*time.Second)
	slices.Reverse(rest)
	var err error
	if v.enrolled, err = l.pieces(ctx, on.Leg(first, false, line.Seed(p.Name, on.Name, fmt.Sprint(round))), enrolment); err != nil || v.enrolled == nil {
		return v, err
	}
	for i := range l.tests {
		var some [][]int16
		if some, rest = corpus.SplitOff(rest, testing+2*time.Second); some == nil {
			break
		}
		test, err := l.pieces(ctx, on.Leg(some, true, line.Seed(p.Name, on.Name, fmt.Sprint(round, i))), testing)
		if err != nil {
			return v, err
		}
		if test != nil {
			v.tests = append(v.tests, test)
		}
	}
	return v, nil
}

// pieces embeds a leg once a margin, as soon as it has enough net speech; nil if it never has 80 % of that.
func (l lab) pieces(ctx context.Context, pcm []int16, enough time.Duration) ([]piece, error) {
	memo := &recordedVAD{vad: l.vad}
	all := make([]piece, 0, len(margins))
	for _, margin := range margins {
		var p piece
		var audio []float32
		memo.next = 0
		d := speech.NewDetector(memo, func(s timbre.Speech) {
			if p.net < enough {
				p.net, audio = s.Net, timbre.Wave(audio, s.PCM)
			}
		})
		d.Margin = margin
		play(d, pcm)
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

// recordedVAD runs the VAD once and replays its scores for the other margins.
type recordedVAD struct {
	vad    speech.VAD
	scores []float32
	next   int
}

func (m *recordedVAD) Step(ctx context.Context, window, state []float32) (float32, error) {
	if m.next++; m.next <= len(m.scores) {
		return m.scores[m.next-1], nil
	}
	p, err := m.vad.Step(ctx, window, state)
	m.scores = append(m.scores, p)
	return p, err
}
