package infer_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"timbre"
	"timbre/infer"
	"timbre/models"
	"timbre/models/modelstest"
)

const (
	windowSize = 288
	stateSize  = 256
)

// leg is what one leg gives to a recurrent model, and what it gets.
type leg struct {
	windows [][]float32
	state   []float32
	scores  []float32
}

// legs have audio of their own, each a buzz of another loudness with noise.
func legs(n, windows int) []*leg {
	all := make([]*leg, n)
	for i := range all {
		r, x := rand.New(rand.NewPCG(uint64(i), 1)), buzz(windows*windowSize)
		all[i] = &leg{state: make([]float32, stateSize)}
		for w := range windows {
			window := slices.Clone(x[w*windowSize : (w+1)*windowSize])
			for k := range window {
				window[k] = window[k]*float32(i+1)/float32(n) + float32(0.01*r.NormFloat64())
			}
			all[i].windows = append(all[i].windows, window)
		}
	}
	return all
}

type stepper interface {
	Step(ctx context.Context, window, state []float32) (float32, error)
}

func (l *leg) run(ctx context.Context, by stepper) error {
	for _, w := range l.windows {
		score, err := by.Step(ctx, w, l.state)
		if err != nil {
			return err
		}
		l.scores = append(l.scores, score)
	}
	return nil
}

// Who shares a run with whom is chance, and must not change what is heard: equal bit for bit.
func TestWindowsOfManyLegsInOneRunScoreAsAlone(t *testing.T) {
	const n, windows = 70, 12 // more legs than a run takes
	r := open(t, 2)
	m := load(t, r, models.VAD(), infer.Short)
	alone, together := legs(n, windows), legs(n, windows)
	for _, l := range alone {
		if err := l.run(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	b := r.Batch(m, time.Millisecond)
	var all sync.WaitGroup
	for _, l := range together {
		all.Go(func() {
			if err := l.run(t.Context(), b); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i, l := range together {
		if !slices.Equal(l.scores, alone[i].scores) || !slices.Equal(l.state, alone[i].state) {
			t.Errorf("leg %d: got scores %v, want %v and the same state", i, l.scores, alone[i].scores)
		}
	}
}

func TestABatchThatIsGivenUpWaitsNoMore(t *testing.T) {
	r := open(t, 1)
	m := load(t, r, models.VAD(), infer.Short)
	b := r.Batch(m, 0)
	free := m.Occupy()
	ctx, giveUp := context.WithCancel(t.Context())
	given, kept := make(chan error, 1), make(chan error, 1)
	step := func(ctx context.Context, to chan error) {
		_, err := b.Step(ctx, make([]float32, windowSize), make([]float32, stateSize))
		to <- err
	}
	go step(ctx, given)
	go step(t.Context(), kept)
	for b.Waiting() < 2 {
		runtime.Gosched()
	}
	giveUp()
	if err := <-given; timbre.KindOf(err) != timbre.Unavailable {
		t.Errorf("got %v for a step that was given up, want Unavailable", err)
	}
	free()
	if err := <-kept; err != nil {
		t.Errorf("got %v for the other step, want none", err)
	}
}

// A leg that is behind has its windows heard one after the other at once: else the time for which each waits for others would bound how
// fast it catches up, or a recording that comes faster than real time is heard.
func TestAWindowThatIsLateWaitsForNoOthers(t *testing.T) {
	r := open(t, 1)
	b := r.Batch(load(t, r, models.VAD(), infer.Short), time.Hour)
	late := timbre.WithDueTime(t.Context(), time.Now().Add(-time.Second))
	if err := legs(1, 5)[0].run(late, b); err != nil {
		t.Error(err)
	}
}

// A window or state of a length that the model does not take spoils nobody else's run.
func TestABatchRefusesOtherLengthsAlone(t *testing.T) {
	r := open(t, 1)
	b := r.Batch(load(t, r, models.VAD(), infer.Short), time.Second)
	var all sync.WaitGroup
	for i := range infer.MostInBatch { // full: they share a run
		size := stateSize
		if i%2 == 0 {
			size = 6
		}
		all.Go(func() {
			if _, err := b.Step(t.Context(), make([]float32, windowSize), make([]float32, size)); (err == nil) != (size == stateSize) {
				t.Errorf("state of %d values: got %v", size, err)
			}
		})
	}
	all.Wait()
}

func TestClosingCompletesABatch(t *testing.T) {
	r := open(t, 1)
	m := load(t, r, models.VAD(), infer.Short)
	b := r.Batch(m, time.Hour) // would wait for others for ever
	result := make(chan error, 1)
	go func() {
		_, err := b.Step(t.Context(), make([]float32, windowSize), make([]float32, stateSize))
		result <- err
	}()
	for b.Waiting() < 1 {
		runtime.Gosched()
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-result; err != nil {
		t.Errorf("got %v, want the score", err)
	}
	if _, err := b.Step(t.Context(), make([]float32, windowSize), make([]float32, stateSize)); err == nil {
		t.Error("got a score after Close, want an error")
	}
}

// BenchmarkWindow is the CPU of a window, alone and in runs with others.
func BenchmarkWindow(b *testing.B) {
	r := open(b, 1)
	m := load(b, r, models.VAD(), infer.Short)
	batch := r.Batch(m, 10*time.Millisecond)
	for _, by := range []struct {
		name string
		stepper
	}{{"alone", m}, {"together", batch}} {
		b.Run(by.name, func(b *testing.B) {
			const n = 50
			began := cpu()
			var all sync.WaitGroup
			for _, l := range legs(n, max(1, b.N/n)) {
				all.Go(func() {
					if err := l.run(b.Context(), by); err != nil {
						b.Error(err)
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64((cpu()-began).Microseconds())/float64(max(n, b.N)), "cpu-µs/window")
		})
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A recording has many windows of a leg at once.
func TestWindowsInARowScoreAsOneAfterTheOther(t *testing.T) {
	const windows = 40
	r := open(t, 1)
	m := load(t, r, models.VAD(), infer.Short)
	alone, row := legs(1, windows)[0], legs(1, windows)[0]
	if err := alone.run(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	scores, err := r.Batch(m, 0).Steps(t.Context(), row.windows, row.state)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(scores, alone.scores) || !slices.Equal(row.state, alone.state) {
		t.Errorf("got scores %v, want %v and the same state", scores, alone.scores)
	}
}

// Models in the form that Silero publishes, a window of each leg in a run, are taken too.
func TestModelThatTakesNoSequencesIsRunWindowByWindow(t *testing.T) {
	r := open(t, 1)
	m, err := r.Load(timbre.ONNXModel{Name: "counter", ONNX: modelstest.Counter(), Inputs: []string{"input", "state", "sr"}, Outputs: []string{"output", "stateN"}}, infer.Short)
	if err != nil {
		t.Fatal(err)
	}
	loud := slices.Repeat([]float32{0.5}, windowSize)
	state := make([]float32, stateSize)
	scores, err := r.Batch(m, 0).Steps(t.Context(), [][]float32{loud, make([]float32, windowSize), loud}, state)
	if err != nil || !slices.Equal(scores, []float32{0.5, 0, 0.5}) || state[0] != 3 || state[stateSize-1] != 3 {
		t.Errorf("got scores %v, states %v and %v, %v, want 0.5, 0, 0.5 after 3 windows", scores, state[0], state[stateSize-1], err)
	}
}
