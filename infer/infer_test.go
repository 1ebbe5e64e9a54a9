package infer_test

import (
	"context"
	"math"
	"runtime/pprof"
	"sync"
	"testing"

	"timbre"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
)

func load(t testing.TB, r *infer.Runtime, m timbre.ONNXModel, queue infer.Queue) *infer.Model {
	t.Helper()
	model, err := r.Load(m, queue)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

func open(t testing.TB, threads int) *infer.Runtime {
	t.Helper()
	r, err := infer.New(environment.Environment{}, infer.Config{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// buzz has the harmonics and the rhythm of a voice.
func buzz(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		s := float64(i) / timbre.SampleRate
		for k := 1.0; k < 15; k++ {
			x[i] += float32(0.05 / k * math.Sin(2*math.Pi*k*140*s) * math.Abs(math.Sin(2*math.Pi*1.3*s)))
		}
	}
	return x
}

func TestModelsHaveShapesOfTheirCards(t *testing.T) {
	r := open(t, 1)
	voice, err := load(t, r, models.Speaker(), infer.Long).Wave(t.Context(), buzz(10*timbre.SampleRate))
	if err != nil || len(voice) != 192 {
		t.Fatalf("got an embedding of %d values, %v, want 192", len(voice), err)
	}
	var length float64
	for _, v := range voice {
		length += float64(v) * float64(v)
	}
	if math.Abs(length-1) > 1e-4 {
		t.Errorf("got an embedding of squared length %v, want 1", length)
	}
	tone, err := load(t, r, models.Tone(), infer.Long).Wave(t.Context(), buzz(10*timbre.SampleRate))
	if err != nil || len(tone) != 3 {
		t.Fatalf("got a tone of %d values, %v, want 3", len(tone), err)
	}
	if sum := tone[0] + tone[1] + tone[2]; math.Abs(float64(sum)-1) > 1e-4 {
		t.Errorf("got a tone that adds up to %v, want 1", sum)
	}
	state := make([]float32, 256)
	p, err := load(t, r, models.VAD(), infer.Short).Step(t.Context(), make([]float32, 288), state)
	if err != nil || p < 0 || p > 0.3 {
		t.Errorf("got probability of speech %v, %v in silence, want at most 0.3", p, err)
	}
	if p == 0 && state[0] == 0 && state[200] == 0 {
		t.Error("got the state unchanged, want the next one")
	}
}

func TestModelIsSafeForConcurrentUse(t *testing.T) {
	m := load(t, open(t, 2), models.Tone(), infer.Long)
	x := buzz(3 * timbre.SampleRate)
	want, err := m.Wave(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			got, err := m.Wave(t.Context(), x)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("got %v, want %v", got, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestInputsMayBeInObjectWithPointers(t *testing.T) {
	m := load(t, open(t, 1), models.VAD(), infer.Short)
	leg := &struct {
		t     *testing.T
		input [288]float32
		state [256]float32
	}{t: t}
	if _, err := m.Step(t.Context(), leg.input[:], leg.state[:]); err != nil {
		leg.t.Error(err)
	}
}

func TestMisuseIsAnError(t *testing.T) {
	r := open(t, 1)
	tone := models.Tone()
	junk := timbre.ONNXModel{Name: "junk", ONNX: []byte("not a network"), Inputs: tone.Inputs, Outputs: tone.Outputs}
	if _, err := r.Load(junk, infer.Long); timbre.KindOf(err) != timbre.Internal || err == nil {
		t.Errorf("got %v for junk, want Internal", err)
	}
	m := load(t, r, tone, infer.Long)
	for name, in := range map[string][]infer.Tensor{
		"no input":              nil,
		"wrong type":            {{Shape: []int64{1, 2}, Int: []int64{1, 2}}},
		"fewer than the shape":  {{Shape: []int64{1, 9}, Float: []float32{1, 2}}},
		"wrong rank":            {{Shape: []int64{9}, Float: make([]float32, 9)}},
		"a shape with no sides": {{Float: make([]float32, 9)}},
	} {
		if out, err := m.Run(t.Context(), in...); err == nil {
			t.Errorf("%s: got %v, want an error", name, out)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Wave(t.Context(), buzz(24000)); err == nil {
		t.Error("got a run after Close, want an error")
	}
	if _, err := r.Load(tone, infer.Long); err == nil {
		t.Error("got a load after Close, want an error")
	}
}

func TestRunStopsWaitingWithContext(t *testing.T) {
	m := load(t, open(t, 1), models.Tone(), infer.Long)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	free := m.Occupy()
	defer free()
	if _, err := m.Wave(ctx, buzz(24000)); timbre.KindOf(err) != timbre.Unavailable {
		t.Errorf("got %v, want Unavailable", err)
	}
}

func TestShortRunDoesNotWaitForLongOne(t *testing.T) {
	r := open(t, 1)
	free := load(t, r, models.Tone(), infer.Long).Occupy()
	defer free()
	if _, err := load(t, r, models.VAD(), infer.Short).Step(t.Context(), make([]float32, 288), make([]float32, 256)); err != nil {
		t.Error(err)
	}
}

func TestRunsDoNotStartThreads(t *testing.T) {
	m := load(t, open(t, 2), models.VAD(), infer.Short)
	threads := pprof.Lookup("threadcreate")
	before := threads.Count()
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			state := make([]float32, 256)
			for range 20 {
				if _, err := m.Step(t.Context(), make([]float32, 288), state); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if more := threads.Count() - before; more > 10 {
		t.Errorf("got %d more threads, want at most 10", more)
	}
}
