package analyze

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

// The processor time of a call of two legs, as how many times faster than real time one core is.
func BenchmarkStereo(b *testing.B) {
	caller, agent := leg(b, "s2_second", "caller"), leg(b, "s2_second", "agent")
	file := wav(b, "call.wav", 7, 2, 8, 8000, slices.Repeat(interleave(caller, agent), 4))
	a := analysis(b)
	b.Run("tone", func(b *testing.B) { benchmarkFile(b, a, file) })
	a.Searcher, a.Domain = &fakeSearcher{}, "the domain" // a search takes less than a millisecond beside two embeddings
	b.Run("tone-and-speaker", func(b *testing.B) { benchmarkFile(b, a, file) })
}

func benchmarkFile(b *testing.B, a Analysis, file string) {
	heard, began := 0.0, processor()
	for b.Loop() {
		heard += files(b, a, file).Seconds
	}
	b.ReportMetric(heard/(processor()-began).Seconds(), "x/core")
}

// processor is the processor time of this process.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
