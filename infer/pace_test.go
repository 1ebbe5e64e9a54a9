package infer

import (
	"math"
	"testing"
	"time"

	"timbre"
)

func TestPaceIsThatOfTheLatestRuns(t *testing.T) {
	m := &Model{}
	run := func(seconds int, took time.Duration) {
		for range seconds {
			m.pace.run(took)
			m.pace.hear(timbre.SampleRate)
		}
	}
	want := func(pace, within float64) {
		t.Helper()
		if got := m.Pace(); math.Abs(got-pace) > within {
			t.Errorf("got a pace of %v, want %v", got, pace)
		}
	}
	want(0, 0)
	run(60, 10*time.Millisecond)
	want(0.010, 1e-9)
	run(600, 40*time.Millisecond) // something else takes the processors
	want(0.040, 0.001)
}
