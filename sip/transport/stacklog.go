package transport

import (
	"context"
	"fmt"
	"log/slog"
)

// stackLog receives the log of the SIP stack. A message that it cannot parse is counted, and logged without its text; of
// the rest, errors are logged as warnings.
type stackLog struct{ stack *Stack }

func (h stackLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

func (h stackLog) Handle(_ context.Context, r slog.Record) error {
	var cause any
	source := ""
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "error":
			cause = a.Value.Any()
		case "raddr":
			source = a.Value.String()
		}
		return true
	})
	if r.Message == "failed to parse" {
		h.stack.unparsable("tcp", fmt.Errorf("%v", cause))
	} else {
		h.stack.env.Repeats.Count(h.stack.env.Log, "stack", "SIP stack error", "text", r.Message, "source", source, "error", fmt.Sprint(cause))
	}
	return nil
}

func (h stackLog) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h stackLog) WithGroup(string) slog.Handler      { return h }
