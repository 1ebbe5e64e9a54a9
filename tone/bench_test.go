package tone

import (
	"context"
	"runtime"
	"testing"
	"time"

	"timbre"
)

type anyTone struct{}

func (anyTone) Score(context.Context, int, []float32, *timbre.Past) (timbre.Tone, error) {
	return timbre.Tone{Neutral: 1}, nil
}

func (anyTone) Calibration() Calibration { return Calibration{} }

// Memory of the track of a leg after a minute of speech, in the windows of the detector.
func BenchmarkTrackMemory(b *testing.B) {
	const n = 100
	for b.Loop() {
		before := heap()
		all := make([]*Track, n)
		for i := range all {
			all[i] = NewTrack(anyTone{}, nil)
			var s timbre.Speech
			for s.At < time.Minute {
				s.At += 32 * time.Millisecond
				s.Net, s.Voiced, s.PCM = s.At, true, append(s.PCM[:0:0], make([]int16, 256)...)
				all[i].Add(s)
			}
		}
		b.ReportMetric(float64(heap()-before)/n, "B/track")
		runtime.KeepAlive(all)
	}
}

// The cost of a look beside the model's.
func BenchmarkCalibrationAndBaseline(b *testing.B) {
	c := Calibration{Shift: Odds{0, 0.66}, Known: Odds{0, 0.66}, Plain: plain}
	v := baseline{calibration: c}
	for b.Loop() {
		o := oddsOf(c.apply(timbre.Tone{Positive: 0.1, Neutral: 0.6, Negative: 0.3}))
		_ = v.relative(o).tone()
		v.add(o, 5*time.Second)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
