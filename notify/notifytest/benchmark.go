package notifytest

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"timbre/notify"
)

// senders send at a time. A dispatcher has up to 64 for a target that works; on a loopback eight keep a service busy.
const senders = 8

// Benchmark measures how many events a second a sink delivers to a service that answers at once: one an attempt, and in batches where
// the sink has them.
func Benchmark(b *testing.B, open func(b *testing.B) Backend) {
	b.Run("single", func(b *testing.B) {
		backend := open(b)
		var id atomic.Int64
		b.SetParallelism(max(1, senders/runtime.GOMAXPROCS(0)))
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if err := backend.Sink.Send(b.Context(), backend.notice(fmt.Sprint(id.Add(1)))); err != nil { // a service may drop what it has seen
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("batch", func(b *testing.B) {
		backend := open(b)
		sink, does := backend.Sink.(notify.Batcher)
		if !does {
			b.Skip("the sink has no batches")
		}
		size, _ := sink.Batch()
		if size == 1 {
			b.Skip("the service has no batches")
		}
		notices, _ := backend.some(size)
		b.SetParallelism(max(1, senders/runtime.GOMAXPROCS(0)))
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				check(b, sink.SendBatch(b.Context(), notices))
			}
		})
		b.ReportMetric(float64(b.N*len(notices))/b.Elapsed().Seconds(), "events/s")
	})
}

func check(b *testing.B, errs []error) {
	for _, err := range errs {
		if err != nil {
			b.Error(err)
		}
	}
}
