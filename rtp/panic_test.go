package rtp

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

func TestPanicsOfDecodersAreCountedAndLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		env := environment.Environment{Log: slog.New(slog.NewTextHandler(&log, nil)), Repeats: environment.NewTally()}
		p, err := New(env, Config{First: 24000, Last: 24001})
		if err != nil {
			t.Fatal(err)
		}
		go env.Repeats.Run(t.Context())
		s := p.stream(timbre.Media{}, nil)
		for range 50 {
			s.timeline.panicked(timbre.Opus, "index out of range")
		}
		if got := testutil.ToFloat64(p.metrics.panics.WithLabelValues("opus")); got != 50 {
			t.Errorf("got %v panics, want 50", got)
		}
		<-time.After(3 * time.Minute)
		synctest.Wait()
		if got := strings.Count(log.String(), "index out of range"); got != 1 || !strings.Contains(log.String(), "panic_test.go") {
			t.Errorf("got %d lines, want one with the stack:\n%s", got, log.String())
		}
		if got := strings.Count(log.String(), "times=49"); got != 1 {
			t.Errorf("got %d lines with the other 49, want one:\n%s", got, log.String())
		}
	})
}
