package sqlite_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

func TestMetricsTellHowLongWritesTake(t *testing.T) {
	s := open(t, t.TempDir())
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(s)
	before := samples(t, metrics)
	for i := range 5 {
		n := timbre.Notice{ID: strconv.Itoa(i), Key: "task", Target: "arn:timbre:webhook:us-east-1:000000000000:crm", Created: time.Now()}
		if err := s.Post(t.Context(), []timbre.Notice{n}); err != nil {
			t.Fatal(err)
		}
	}
	for name, n := range samples(t, metrics) {
		if got := n - before[name]; got != 5 {
			t.Errorf("%s: got %d samples for 5 writes", name, got)
		}
	}
}

// samples counts those of the histograms of a store.
func samples(t *testing.T, r prometheus.Gatherer) map[string]uint64 {
	t.Helper()
	all, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]uint64{}
	for _, f := range all {
		if h := f.GetMetric()[0].GetHistogram(); h != nil {
			list[f.GetName()] = h.GetSampleCount()
		}
	}
	if len(list) != 3 {
		t.Fatalf("got histograms %v, want those of waiting, holding and committing", list)
	}
	return list
}
