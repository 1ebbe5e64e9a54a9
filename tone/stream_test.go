package tone_test

import (
	"context"
	"math"
	"path/filepath"
	"testing"
	"time"

	"timbre"
	"timbre/rtp/codec"
	"timbre/tone"
)

// forgetful scores each look twice, with the past and without, and notes how far the scores are apart.
type forgetful struct {
	*tone.Scorer
	looks int
	worst float64
}

func (f *forgetful) Score(ctx context.Context, first int, pcm []float32, past *timbre.Past) (timbre.Tone, error) {
	anew, err := f.Scorer.Score(ctx, first, pcm, new(timbre.Past))
	if err != nil {
		return anew, err
	}
	got, err := f.Scorer.Score(ctx, first, pcm, past)
	f.looks++
	f.worst = max(f.worst, math.Abs(got.Positive-anew.Positive), math.Abs(got.Neutral-anew.Neutral), math.Abs(got.Negative-anew.Negative))
	return got, err
}

// The looks of a call share 25 of their 30 s. What the model keeps of them must not change what it says.
func TestLookWithThePastScoresAsOneWithout(t *testing.T) {
	calls, err := filepath.Glob("../cmd/timbre/demo/calls/*.wav")
	if err != nil || len(calls) < 10 {
		t.Fatal(calls, err)
	}
	f := &forgetful{Scorer: scorer(t)}
	for _, path := range calls {
		channels, err := codec.ReadWAVFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, pcm := range channels {
			follow(t, tone.NewTrack(f, nil), pcm)
		}
	}
	t.Logf("%d looks, at most %.1e apart", f.looks, f.worst)
	if f.looks < 100 || f.worst > 1e-5 {
		t.Errorf("got scores that are %v apart in %d looks, want at most 1e-5", f.worst, f.looks)
	}
}

// follow looks at speech every 5 s, which comes in the windows of the detector, with a pause after every 8 s.
func follow(t *testing.T, track *tone.Track, pcm []int16) {
	t.Helper()
	const window, tick = 256, 5 * time.Second
	var at, net time.Duration
	next := tick
	for i := 0; i+window <= len(pcm); i += window {
		if i%(250*window) == 0 {
			at += 3 * time.Second
		}
		at, net = at+timbre.Duration(window), net+timbre.Duration(window)
		for ; next < at; next += tick {
			if _, _, _, err := track.Score(t.Context(), next); err != nil {
				t.Fatal(err)
			}
		}
		track.Add(timbre.Speech{At: at, Net: net, Voiced: true, PCM: pcm[i : i+window]})
	}
}

// Processor time of a minute of a call that is looked at every 5 s.
func BenchmarkLooks(b *testing.B) {
	s, pcm := scorer(b), caller(b, "s1_enrol")
	for len(pcm) < timbre.Samples(90*time.Second) {
		pcm = append(pcm, pcm...)
	}
	for name, keep := range map[string]bool{"anew": false, "kept": true} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var past timbre.Past
				for end := 30 * time.Second; end <= 90*time.Second; end += 5 * time.Second {
					first := timbre.Samples(end - tone.Span)
					if !keep {
						past = timbre.Past{}
					}
					if _, err := s.Score(b.Context(), first, pcm[first:timbre.Samples(end)], &past); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
