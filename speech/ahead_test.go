package speech

import (
	"context"
	"math/rand/v2"
	"reflect"
	"testing"

	"timbre"
)

// countedVAD counts its runs.
type countedVAD struct {
	scriptedVAD
	runs int
}

func (c *countedVAD) Step(ctx context.Context, window, state []float32) (float32, error) {
	c.runs++
	return c.scriptedVAD.Step(ctx, window, state)
}

func (c *countedVAD) Steps(ctx context.Context, windows [][]float32, state []float32) (all []float32, err error) {
	c.runs++
	for _, w := range windows {
		p, err := c.scriptedVAD.Step(ctx, w, state)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// turns are scores of talk and pauses of random lengths, some shorter than MaxSilence and some longer.
func turns(r *rand.Rand, windows int) (scores []float32) {
	for len(scores) < windows {
		score := float32(r.IntN(2))
		for range 1 + r.IntN(90) {
			scores = append(scores, score)
		}
	}
	return scores
}

// A recording is heard as a live leg: the same windows after the same states, and the same speech, wherever it ends.
func TestRecordingIsScoredAheadAsItIsHeardLive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		pcm := ramp(300)[:200*Window+r.IntN(100*Window)]
		scores, frame := turns(r, 300), 1+r.IntN(2*timbre.FrameSamples)
		live, ahead := scriptedVAD{scores: scores}, countedVAD{scriptedVAD: scriptedVAD{scores: scores}}
		var want, got []timbre.Speech
		d := NewDetector(&live, func(s timbre.Speech) { want = append(want, s) })
		d.Gates = NewGates(Origin{})
		play(d, pcm, frame, 0)
		d.Flush()
		rec := NewRecorded(&ahead, Config{}, func(s timbre.Speech) { got = append(got, s) })
		for at := 0; at < len(pcm); at += frame {
			if err := rec.Frame(pcm[at:min(at+frame, len(pcm))], nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := rec.End(); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(ahead.windows, live.windows) || !reflect.DeepEqual(ahead.resets, live.resets) || !reflect.DeepEqual(got, want) {
			t.Fatalf("%d samples in frames of %d: got other windows, states or speech than live", len(pcm), frame)
		}
		if limit := len(live.windows) / 5; ahead.runs > limit {
			t.Errorf("%d windows: got %d runs, want at most %d", len(live.windows), ahead.runs, limit)
		}
	}
}
