package config

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestLogNamesTheUnitOfDurations(t *testing.T) {
	for format, want := range map[string]string{
		"text": "took_seconds=1.5 leg0.jitter_seconds=0.00012",
		"json": `"took_seconds":1.5,"leg0":{"jitter_seconds":0.00012}`,
	} {
		t.Run(format, func(t *testing.T) {
			var text strings.Builder
			Log{Format: format}.Logger(&text).Info("x", "took", 1500*time.Millisecond, slog.Group("leg0", "jitter", 120*time.Microsecond))
			if !strings.Contains(text.String(), want) {
				t.Errorf("got %s, want %s", text.String(), want)
			}
		})
	}
}
