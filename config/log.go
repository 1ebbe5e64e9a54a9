package config

import (
	"io"
	"log/slog"
)

// Logger returns a logger with the configured level and format that writes to w.
func (l Log) Logger(w io.Writer) *slog.Logger { return l.LoggerAt(w, l.Level) }

// LoggerAt is Logger with a level that may change.
func (l Log) LoggerAt(w io.Writer, level slog.Leveler) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
