package task

import (
	"testing"
	"time"

	"timbre"
)

// The cost of a step for each window of 32 ms.
func BenchmarkStep(b *testing.B) {
	speech := timbre.Speech{Voiced: true, PCM: make([]int16, 256)}
	for _, c := range []struct {
		name string
		kind timbre.TaskKind
	}{{"search", timbre.SpeakerSearch}, {"tone", timbre.VoiceTone}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			s := newState(aTask(c.kind), twoLegs, 0, patience{})
			for b.Loop() {
				speech.At += 32 * time.Millisecond
				s, _, _ = s.step(speechReceived{0, speech}, startTime)
			}
		})
	}
}
