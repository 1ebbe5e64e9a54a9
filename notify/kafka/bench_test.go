package kafka_test

import (
	"testing"

	"timbre/notify/kafka"
	"timbre/notify/kafka/kafkatest"
	"timbre/notify/notifytest"
)

func BenchmarkSink(b *testing.B) {
	notifytest.Benchmark(b, func(b *testing.B) notifytest.Backend {
		return notifytest.Backend{Sink: open(b, kafka.Config{Brokers: kafkatest.New(b).ListenAddrs()}), Target: calls}
	})
}
