package speech

import (
	"testing"
	"time"

	"timbre"
)

func BenchmarkGatesOfOneLeg(b *testing.B) {
	voice := talk(20*time.Second, 1)
	near, far := sampled(20*time.Second, added{voice, 100 * time.Millisecond, -15}), sampled(20*time.Second, added{voice, 0, 0})
	for b.Loop() {
		gated(near, far, timbre.FrameSamples)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/20, "rtf")
}
