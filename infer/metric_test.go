package infer_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre/environment"
	"timbre/infer"
	"timbre/models"
)

// value is the value of a gauge or counter with one label, and the number of samples of a histogram.
func value(t *testing.T, r prometheus.Gatherer, name, label string) float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && m.GetLabel()[0].GetValue() == label {
				return m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	t.Fatalf("got no %s of %s", name, label)
	return 0
}

func TestMetricsTellWhatWaitsForAThread(t *testing.T) {
	metrics := prometheus.NewRegistry()
	r, err := infer.New(environment.Environment{Metrics: metrics}, infer.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	vad := models.VAD()
	m := load(t, r, vad, infer.Short)
	step := func(ctx context.Context) error {
		_, err := m.Step(ctx, make([]float32, 288), make([]float32, 256))
		return err
	}
	if err := step(t.Context()); err != nil {
		t.Fatal(err)
	}
	release := m.Occupy()
	ctx, giveUp := context.WithCancel(t.Context())
	results := make(chan error, 2)
	for _, ctx := range []context.Context{ctx, t.Context()} {
		go func() { results <- step(ctx) }()
	}
	for value(t, metrics, "timbre_infer_waiting_runs", vad.String()) < 2 {
		runtime.Gosched()
	}
	if m.Overdue() <= 0 || value(t, metrics, "timbre_infer_oldest_wait_seconds", vad.String()) <= 0 || value(t, metrics, "timbre_infer_busy_threads", "short") != 1 {
		t.Error("got no age of what waits, or no busy thread")
	}
	giveUp()
	if err := <-results; err == nil || !strings.Contains(err.Error(), "no free thread") {
		t.Errorf("got %v for a run that was given up, want no free thread", err)
	}
	release()
	if err := <-results; err != nil {
		t.Error(err)
	}
	for name, want := range map[string]float64{
		"waiting_runs": 0, "oldest_wait_seconds": 0, "run_seconds": 2, "wait_seconds": 3, "failures_total": 1,
	} {
		if got := value(t, metrics, "timbre_infer_"+name, vad.String()); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	if problems, err := testutil.GatherAndLint(metrics); len(problems) > 0 || err != nil {
		t.Errorf("got %v, %v, want metrics that follow the conventions", problems, err)
	}
}
