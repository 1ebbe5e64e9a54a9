package nats_test

import (
	"testing"

	"timbre/notify/nats"
	"timbre/notify/nats/natstest"
	"timbre/notify/notifytest"
)

func BenchmarkSink(b *testing.B) {
	notifytest.Benchmark(b, func(b *testing.B) notifytest.Backend {
		return notifytest.Backend{Sink: open(b, nats.Config{URL: natstest.Serve(b, nil).ClientURL()}), Target: calls}
	})
}
