package modelset

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/cmd/timbre/demo/calls"
	"timbre/environment"
	"timbre/infer"
	"timbre/models/card"
	"timbre/models/library"
	"timbre/rtp/codec"
)

// Verdict is what a verification has found.
type Verdict struct {
	Model    string
	Kind     card.Kind
	OK       bool
	Findings []string // what was measured; the last one says what is wrong, if it is not OK
}

// Verify loads each model and runs it on ten seconds of the demo's callers: checksum, dimension, finite values, equal results for
// equal audio, and speed.
func Verify(ctx context.Context, entries []library.Entry) ([]Verdict, error) {
	runtime, err := infer.New(environment.Environment{}, infer.Config{Threads: 1})
	if err != nil {
		return nil, err
	}
	defer func() { _ = runtime.Close() }()
	voices, err := recordings()
	if err != nil {
		return nil, err
	}
	var all []Verdict
	for _, e := range entries {
		t := trial{ctx: ctx, runtime: runtime, voices: voices, verdict: Verdict{Model: e.Card.ID(), Kind: e.Card.Kind}}
		if err := t.run(e); err != nil {
			t.say("%v", err)
		} else {
			t.verdict.OK = true
		}
		all = append(all, t.verdict)
	}
	return all, nil
}

// recordings are ten seconds each of one caller, the same caller again, and another one.
func recordings() (voices [3][]float32, err error) {
	for i, name := range []string{"s1_enrol", "s1_second", "s5_second"} {
		call, err := calls.Find(name)
		if err != nil {
			return voices, err
		}
		sound, err := call.Leg("caller")
		if err != nil {
			return voices, err
		}
		voices[i] = timbre.Wave(nil, codec.ULaw.Decode(nil, sound[timbre.SampleRate:][:10*timbre.SampleRate]))
	}
	return voices, nil
}

// trial verifies one model.
type trial struct {
	ctx     context.Context
	runtime *infer.Runtime
	voices  [3][]float32
	verdict Verdict
}

func (t *trial) say(format string, args ...any) {
	t.verdict.Findings = append(t.verdict.Findings, fmt.Sprintf(format, args...))
}

// load reads a model and checks its calibration.
func load(e library.Entry) (timbre.ONNXModel, error) {
	model, err := e.Load()
	if err == nil {
		_, err = e.Calibration()
	}
	return model, err
}

func (t *trial) run(e library.Entry) error {
	model, err := load(e)
	if err != nil {
		return err
	}
	t.say("checksum %s", e.Card.Sum)
	loaded, err := t.runtime.Load(model, infer.Long)
	if err != nil {
		return err
	}
	if e.Card.Kind == card.VAD {
		return t.step(loaded)
	}
	began := time.Now()
	first, err := loaded.Wave(t.ctx, t.voices[0])
	if err != nil {
		return err
	}
	took := time.Since(began)
	again, err := loaded.Wave(t.ctx, t.voices[0])
	switch {
	case err != nil:
		return err
	case !finite(first):
		return fmt.Errorf("its values are not finite")
	case !slices.Equal(first, again):
		return fmt.Errorf("it gives other values for the same audio, so voiceprints of it cannot be compared")
	}
	t.say("%d values, finite, the same for the same audio; %.1f ms for 10 s on one thread", len(first), 1000*took.Seconds())
	switch e.Card.Kind {
	case card.Speaker:
		return t.speakers(loaded, e, first)
	case card.Tone:
		if sum := first[0] + first[1] + first[2]; min(first[0], first[1], first[2]) < 0 || math.Abs(float64(sum)-1) > 0.01 {
			return fmt.Errorf("its scores are %v, not three with the sum 1", first)
		}
		return t.goOn(loaded, first)
	case card.Spoof:
		if first[0] < 0 || first[0] > 1 {
			return fmt.Errorf("its score is %v, not 0 to 1", first[0])
		}
		t.say("score of a live caller %.3f, threshold %v", first[0], e.Card.Threshold)
	}
	return nil
}

// goOn scores audio of which the model has heard the first half before.
func (t *trial) goOn(m *infer.Model, want []float32) error {
	var past timbre.Past
	pcm := t.voices[0]
	if _, err := m.Stream(t.ctx, 0, pcm[:len(pcm)/2], &past); err != nil {
		return err
	}
	got, err := m.Stream(t.ctx, 0, pcm, &past)
	if err != nil {
		return err
	}
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-4 {
			return fmt.Errorf("its scores are %v of all audio, and %v where it goes on from frames: are they as the card says?", want, got)
		}
	}
	return nil
}

// speakers compares a caller with the same one and with another one.
func (t *trial) speakers(m *infer.Model, e library.Entry, first []float32) error {
	same, err := m.Wave(t.ctx, t.voices[1])
	if err != nil {
		return err
	}
	other, err := m.Wave(t.ctx, t.voices[2])
	if err != nil {
		return err
	}
	a, b := cosine(first, same), cosine(first, other)
	t.say("length %.3f (scaled to 1); a caller against the same one %.3f, against another %.3f", math.Sqrt(dot(first, first)), a, b)
	if e.Card.Calibration == "" {
		t.say("no calibration: `timbre models use` needs one")
	}
	if !(a > b) {
		return fmt.Errorf("it does not tell two of the demo's callers apart: is its input as the card says?")
	}
	return nil
}

// step runs a voice activity detector on one window of silence, alone and with others.
func (t *trial) step(m *infer.Model) error {
	state := make([]float32, 256)
	p, err := m.Step(t.ctx, make([]float32, 288), state)
	if err != nil {
		return err
	}
	t.say("probability of speech in silence %.3f", p)
	if !(p >= 0 && p < 0.5) {
		return fmt.Errorf("it takes silence for speech")
	}
	together := t.runtime.Batch(m, 50*time.Millisecond)
	var both errgroup.Group
	for range 2 {
		both.Go(func() error {
			q, err := together.Step(t.ctx, make([]float32, 288), make([]float32, 256))
			if err == nil && p != q {
				err = fmt.Errorf("it gives %v to a window that shares a run with another, and %v to the same one alone", q, p)
			}
			return err
		})
	}
	return both.Wait()
}

func finite(v []float32) bool {
	return !slices.ContainsFunc(v, func(x float32) bool { return math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) })
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func cosine(a, b []float32) float64 { return dot(a, b) / math.Sqrt(dot(a, a)*dot(b, b)) }

// PrintVerdicts prints them, or JSON. It fails if a model is not as its card says.
func PrintVerdicts(out io.Writer, all []Verdict, asJSON bool) error {
	bad := 0
	for _, v := range all {
		if !v.OK {
			bad++
		}
	}
	if asJSON {
		if err := printJSON(out, all); err != nil {
			return err
		}
	} else {
		for _, v := range all {
			word := "ok    "
			if !v.OK {
				word = "failed"
			}
			fmt.Fprintf(out, "%s  %s (%s)\n", word, v.Model, v.Kind)
			for _, f := range v.Findings {
				fmt.Fprintf(out, "        %s\n", f)
			}
		}
	}
	if bad > 0 {
		return timbre.Errorf(timbre.Invalid, "", "%d of %d models failed", bad, len(all))
	}
	return nil
}
