package config

import (
	"io"
	"log/slog"
	"math"

	"timbre/environment"
)

// Logger returns a logger with the configured level and format that writes to w.
func (l Log) Logger(w io.Writer) *slog.Logger { return l.LoggerAt(w, l.Level) }

// LoggerAt is Logger with a level that may change.
func (l Log) LoggerAt(w io.Writer, level slog.Leveler) *slog.Logger {
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: inSeconds}
	var h slog.Handler = slog.NewTextHandler(w, options)
	if l.Format == "json" {
		h = slog.NewJSONHandler(w, options)
	}
	return slog.New(environment.Discreet(h))
}

// inSeconds gives every duration a name with its unit, and a number: otherwise 1.5 s is "1.5s" in one format and 1500000000 in the other.
func inSeconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindDuration {
		return a
	}
	const precision = 1e6
	return slog.Float64(a.Key+"_seconds", math.Round(a.Value.Duration().Seconds()*precision)/precision)
}
