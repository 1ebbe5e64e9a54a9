package call

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

func TestMediaTime(t *testing.T) {
	r, _ := registry()
	txid, legs := begin(t, r)
	legs[1].Frame(timbre.Frame{At: time.Minute}) // without a tap
	for leg, want := range map[int]time.Duration{0: 0, 1: time.Minute, 2: 0} {
		if got := r.MediaTime(txid, leg); got != want {
			t.Errorf("leg %d: got %v, want %v", leg, got, want)
		}
	}
	if got := r.MediaTime("unknown", 0); got != 0 {
		t.Errorf("unknown call: got %v, want 0", got)
	}
}

func TestSlowTapsAreCounted(t *testing.T) {
	r, _ := registry()
	now := r.env.Steady()
	r.env.Steady = func() time.Time { return now }
	txid, legs := begin(t, r)
	e := tapped(t, r, txid, 0)
	for _, busy := range []time.Duration{0, timbre.FrameDuration, timbre.FrameDuration + 1} {
		e.does = func(timbre.Frame) { now = now.Add(busy) }
		legs[0].Frame(timbre.Frame{})
	}
	if n := testutil.ToFloat64(r.metrics.slow); n != 1 {
		t.Errorf("got %v slow frames, want 1", n)
	}
}
