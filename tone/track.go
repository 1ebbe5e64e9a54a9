package tone

import (
	"context"
	"sync"
	"time"

	"timbre"
)

// AudioScorer scores the tone of a stretch of audio. Scorer implements it.
type AudioScorer interface {
	Score(ctx context.Context, pcm []float32) (timbre.Tone, error)
}

// Track follows the tone of one leg. Times are media time since listening began. Speech may be added while the track is being
// scored.
type Track struct {
	scores AudioScorer

	mu     sync.Mutex
	recent []stretch     // what may still be scored, the oldest first
	net    time.Duration // net speech so far
	voiced time.Duration // the end of the last voiced stretch

	scored time.Duration // net speech at the last score
	sum    timbre.Tone   // of the scores times their weights
	weight float64
}

// lookahead is how far the speech added may be ahead of the moment that is scored.
const lookahead = 10 * time.Second

// stretch is a stretch of speech: its end, and the net speech before and after it.
type stretch struct {
	at, from, to time.Duration
	pcm          []int16
}

// NewTrack makes a Track for one leg.
func NewTrack(s AudioScorer) *Track { return &Track{scores: s} }

// Add takes the next stretch of the leg.
func (t *Track) Add(s timbre.Speech) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.Voiced {
		t.voiced = s.At
	}
	if len(s.PCM) > 0 || s.Net > t.net {
		t.recent = append(t.recent, stretch{s.At, t.net, s.Net, s.PCM})
	}
	t.net = s.Net
	n := 0
	for n < len(t.recent) && t.recent[n].at <= s.At-Span-lookahead {
		t.recent[n].pcm = nil
		n++
	}
	t.recent = t.recent[n:]
}

// Score returns the tone of the 30 s before a moment, and the overall tone since listening began: the average of all scores so
// far, each weighted by the net speech that was new in it. ok is false, and nothing is scored, if those 30 s hold less than 3 s
// of net speech.
func (t *Track) Score(ctx context.Context, at time.Duration) (current, overall timbre.Tone, ok bool, err error) {
	pcm, net, total := t.window(at)
	if net < MinNet {
		return current, overall, false, nil
	}
	if current, err = t.scores.Score(ctx, pcm); err != nil {
		return timbre.Tone{}, timbre.Tone{}, false, err
	}
	return current, t.add(current, net, total), true, nil
}

// window returns the audio of the 30 s before a moment, the net speech in it, and the net speech up to then.
func (t *Track) window(at time.Duration) (pcm []float32, net, total time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	pcm = make([]float32, 0, timbre.Samples(min(t.net, Span+time.Second)))
	for _, s := range t.recent {
		if s.at > at-Span && s.at <= at {
			pcm = timbre.Wave(pcm, s.pcm)
			net += s.to - s.from
			total = s.to
		}
	}
	return pcm, net, total
}

// add adds a score to the average. Speech that was never in the 30 s before a score has no weight.
func (t *Track) add(score timbre.Tone, net, total time.Duration) (overall timbre.Tone) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := max(0, min(net, total-t.scored)).Seconds()
	t.scored = total
	t.sum.Positive += w * score.Positive
	t.sum.Neutral += w * score.Neutral
	t.sum.Negative += w * score.Negative
	if t.weight += w; t.weight == 0 {
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
