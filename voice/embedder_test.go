package voice

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"timbre"
)

// fakeModel is a model with a fixed output that records its input.
type fakeModel struct {
	vector []float32
	audio  []float32
	err    error
}

func (n *fakeModel) Wave(_ context.Context, samples []float32) ([]float32, error) {
	n.audio = samples
	return n.vector, n.err
}

const dim = 256 // values of the fake model's embedding

func ones(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = 3
	}
	return v
}

// talk resembles speech: syllables of noise at a level, and line noise in the pauses.
func talk(d time.Duration, level, noise float64) []float32 {
	r := rand.New(rand.NewPCG(1, 1))
	pcm := make([]float32, timbre.Samples(d))
	for i := range pcm {
		syllable := max(0, math.Sin(2*math.Pi*2*float64(i)/timbre.SampleRate))
		pcm[i] = float32(r.NormFloat64() * (level*syllable + noise))
	}
	return pcm
}

func TestEmbeddingHasLengthOneAndModel(t *testing.T) {
	v, err := New(&fakeModel{vector: ones(dim)}, "net 1").Embed(t.Context(), talk(12*time.Second, 0.1, 0.001), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if v.Model != "net 1" || v.Net != 10*time.Second || len(v.Embedding) != dim {
		t.Errorf("got model %q, net %v and %d values, want net 1, 10s and %d", v.Model, v.Net, len(v.Embedding), dim)
	}
	for _, x := range v.Embedding {
		if math.Abs(float64(x)-1.0/16) > 1e-6 {
			t.Fatalf("got value %v, want 1/16", x)
		}
	}
}

// What a voiceprint says of its line is what its audio was made with.
func TestVoiceprintCarriesTheConditionOfItsLine(t *testing.T) {
	clean, noisy := talk(10*time.Second, 0.1, 0.001), talk(10*time.Second, 0.1, 0.02)
	quiet := make([]float32, len(clean))
	clipped := make([]float32, len(clean))
	for i, x := range clean {
		quiet[i], clipped[i] = x/10, max(-0.98, min(0.98, 10*x))
	}
	condition := func(pcm []float32) timbre.Condition {
		v, err := New(&fakeModel{vector: ones(dim)}, "").Embed(t.Context(), pcm, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		return v.Condition
	}
	c, n, q, l := condition(clean), condition(noisy), condition(quiet), condition(clipped)
	if c.Level >= 0 || c.SNR <= 0 || c.Clipped != 0 {
		t.Errorf("clean: got %+v, want a level below 0, a positive SNR and nothing clipped", c)
	}
	if n.SNR > c.SNR-10 {
		t.Errorf("got an SNR of %v with noise and of %v without, want a difference", n.SNR, c.SNR)
	}
	if d := c.Level - q.Level; d < 19.9 || d > 20.1 {
		t.Errorf("got a level of %v at a tenth of the amplitude of %v, want 20 dB less", q.Level, c.Level)
	}
	if l.Clipped <= 0.001 || l.Clipped > 0.2 {
		t.Errorf("10 times too loud: got a clipped share of %v", l.Clipped)
	}
}

func TestLongAudioIsCutToItsEnd(t *testing.T) {
	n := &fakeModel{vector: ones(dim)}
	pcm := talk(70*time.Second, 0.1, 0.001)
	v, err := New(n, "").Embed(t.Context(), pcm, 65*time.Second)
	if err != nil || v.Net != MaxAudio {
		t.Fatalf("got a voiceprint of %v, %v; want %v", v.Net, err, MaxAudio)
	}
	if len(n.audio) != timbre.Samples(MaxAudio) || &n.audio[len(n.audio)-1] != &pcm[len(pcm)-1] {
		t.Errorf("got %d samples used, want the last %d", len(n.audio), timbre.Samples(MaxAudio))
	}
}

func TestPoorAudioIsRefusedWithReason(t *testing.T) {
	good := func() []float32 { return talk(10*time.Second, 0.1, 0.001) }
	with := func(at int, x float32) []float32 {
		pcm := good()
		pcm[at] = x
		return pcm
	}
	clipped := talk(10*time.Second, 3, 0.001)
	for i, x := range clipped {
		clipped[i] = max(-0.98, min(0.98, x))
	}
	for _, c := range []struct {
		name   string
		pcm    []float32
		net    time.Duration
		reason string
	}{
		{"no audio", nil, 10 * time.Second, "too short"},
		{"hardly any speech", good(), 900 * time.Millisecond, "too short"},
		{"less audio than the model takes", good()[:3999], 10 * time.Second, "too short"},
		{"every peak cut off", clipped, 10 * time.Second, "clipped"},
		{"digital silence", make([]float32, 80000), 10 * time.Second, "too quiet"},
		{"a whisper far from the telephone", talk(10*time.Second, 0.0003, 0.00001), 10 * time.Second, "too quiet"},
		{"nothing but noise", talk(10*time.Second, 0, 0.1), 10 * time.Second, "too noisy"},
		{"noise as loud as the voice", talk(10*time.Second, 0.05, 0.1), 10 * time.Second, "too noisy"},
		{"not a number", with(500, float32(math.NaN())), 10 * time.Second, "not numbers"},
		{"infinite", with(500, float32(math.Inf(-1))), 10 * time.Second, "not numbers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &fakeModel{vector: ones(dim)}
			_, err := New(n, "").Embed(t.Context(), c.pcm, c.net)
			if timbre.KindOf(err) != timbre.Unprocessable || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("got %v, want Unprocessable: %s", err, c.reason)
			}
			if n.audio != nil {
				t.Error("got the model run, want the audio refused before")
			}
		})
	}
}

func TestOrdinaryTelephoneAudioIsAccepted(t *testing.T) {
	loud := talk(10*time.Second, 0.5, 0.001) // its loudest peaks are cut off
	for i, x := range loud {
		loud[i] = max(-0.98, min(0.98, x))
	}
	for name, pcm := range map[string][]float32{
		"loud":             loud,
		"quiet":            talk(10*time.Second, 0.01, 0.0005),
		"a noisy street":   talk(10*time.Second, 0.1, 0.02),
		"silent pauses":    talk(10*time.Second, 0.1, 0),
		"one second of it": talk(time.Second, 0.1, 0.001),
	} {
		if _, err := New(&fakeModel{vector: ones(dim)}, "").Embed(t.Context(), pcm, time.Second); err != nil {
			t.Errorf("%s: got %v, want it accepted", name, err)
		}
	}
}

func TestDegenerateVectorIsRefused(t *testing.T) {
	for name, vector := range map[string][]float32{
		"zero": make([]float32, dim), "NaN": append(ones(dim-1), float32(math.NaN())),
		"infinite": append(ones(dim-1), float32(math.Inf(1))),
	} {
		_, err := New(&fakeModel{vector: vector}, "").Embed(t.Context(), talk(10*time.Second, 0.1, 0.001), 10*time.Second)
		if timbre.KindOf(err) != timbre.Unprocessable {
			t.Errorf("%s: got %v, want Unprocessable", name, err)
		}
	}
}

func TestModelErrorIsInternal(t *testing.T) {
	_, err := New(&fakeModel{}, "").Embed(t.Context(), talk(10*time.Second, 0.1, 0.001), 10*time.Second)
	if err == nil || timbre.KindOf(err) != timbre.Internal {
		t.Errorf("got %v for no vector, want Internal", err)
	}
	broken := errors.New("broken")
	if _, err := New(&fakeModel{err: broken}, "").Embed(t.Context(), talk(10*time.Second, 0.1, 0.001), 10*time.Second); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the model", err)
	}
}
