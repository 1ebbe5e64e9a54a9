package tone

import (
	"context"
	"sync"
	"time"

	"timbre"
)

// AudioScorer scores the tone of a stretch of audio. Scorer implements it.
type AudioScorer interface {
	Score(ctx context.Context, first int, pcm []float32, past *timbre.Past) (timbre.Tone, error)
	Calibration() Calibration
}

// Track follows the tone of one leg. Times are media time since listening began. Speech may be added while the track is being
// scored.
type Track struct {
	scores AudioScorer

	mu     sync.Mutex
	recent []stretch     // what may still be scored, the oldest first
	heard  int           // samples so far
	net    time.Duration // net speech so far
	voiced time.Duration // the end of the last voiced stretch

	past   timbre.Past   // what the model keeps
	scored time.Duration // net speech at the last score
	voice  baseline
	said   said
	sum    timbre.Tone // of the scores times their weights
	weight float64
}

// lookahead is how far the speech added may be ahead of the moment that is scored.
const lookahead = 10 * time.Second

// stretch is a stretch of speech: its end, the net speech before and after it, and the number of its first sample in all of it.
type stretch struct {
	at, from, to time.Duration
	first        int
	pcm          []int16
}

// NewTrack makes a Track for one leg. Without Words, tone is sound alone.
func NewTrack(s AudioScorer, w Words) *Track {
	return &Track{scores: s, voice: baseline{calibration: s.Calibration()}, said: said{words: w}}
}

// Add takes the next stretch of the leg.
func (t *Track) Add(s timbre.Speech) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.Voiced {
		t.voiced = s.At
	}
	if len(s.PCM) > 0 || s.Net > t.net {
		t.recent = append(t.recent, stretch{s.At, t.net, s.Net, t.heard, s.PCM})
	}
	t.net = s.Net
	t.heard += len(s.PCM)
	n := 0
	for n < len(t.recent) && t.recent[n].at <= s.At-Span-lookahead {
		t.recent[n].pcm = nil
		n++
	}
	t.recent = t.recent[n:]
}

// Score returns the tone of the 30 s before a moment, relative to the leg's voice, and the overall tone since listening began: the
// average of all scores so far, each weighted by the net speech that was new in it. ok is false, and nothing is scored, if those
// 30 s hold less than 3 s of net speech. It is for one caller at a time.
func (t *Track) Score(ctx context.Context, at time.Duration) (current, overall timbre.Tone, ok bool, err error) {
	first, pcm, net, total := t.window(at-Span, at)
	if net < MinNet {
		return current, overall, false, nil
	}
	sound, err := t.scores.Score(ctx, first, pcm, &t.past)
	if err != nil {
		return timbre.Tone{}, timbre.Tone{}, false, err
	}
	words, err := t.said.odds(ctx, at, t.speech)
	if err != nil {
		return timbre.Tone{}, timbre.Tone{}, false, err
	}
	fresh := max(0, min(net, total-t.scored))
	t.scored = total
	current = t.voice.relative(oddsOf(sound)).plus(1, words).tone()
	t.voice.add(oddsOf(sound), fresh)
	return current, t.average(current, fresh.Seconds()), true, nil
}

// window returns the audio from one moment to another and the number of its first sample, the net speech in it, and the net speech up
// to then.
func (t *Track) window(from, to time.Duration) (first int, pcm []float32, net, total time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	pcm = make([]float32, 0, timbre.Samples(min(t.net, Span+time.Second)))
	for _, s := range t.recent {
		if s.at > from && s.at <= to {
			if len(pcm) == 0 {
				first = s.first
			}
			pcm = timbre.Wave(pcm, s.pcm)
			net += s.to - s.from
			total = s.to
		}
	}
	return first, pcm, net, total
}

// speech is the audio from one moment to another.
func (t *Track) speech(from, to time.Duration) []float32 {
	_, pcm, _, _ := t.window(from, to)
	return pcm
}

// average adds a score to the average and returns that. Speech that was never in the 30 s before a score has no weight.
func (t *Track) average(score timbre.Tone, weight float64) timbre.Tone {
	t.sum.Positive += weight * score.Positive
	t.sum.Neutral += weight * score.Neutral
	t.sum.Negative += weight * score.Negative
	if t.weight += weight; t.weight == 0 {
		return score
	}
	return timbre.Tone{Positive: t.sum.Positive / t.weight, Neutral: t.sum.Neutral / t.weight, Negative: t.sum.Negative / t.weight}
}

// SilentSince is when the last voiced stretch ended; zero when there has been none.
func (t *Track) SilentSince() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.voiced
}
