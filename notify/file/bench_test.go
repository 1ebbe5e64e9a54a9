package file_test

import (
	"path/filepath"
	"testing"

	"timbre/environment"
	"timbre/notify/file"
	"timbre/notify/notifytest"
)

func BenchmarkSink(b *testing.B) {
	notifytest.Benchmark(b, func(b *testing.B) notifytest.Backend {
		path := filepath.Join(b.TempDir(), "events.jsonl")
		return notifytest.Backend{
			Sink: file.New(environment.Environment{}, file.Config{Files: map[string]string{"events": path}}, file.Deps{}), Target: events,
		}
	})
}
