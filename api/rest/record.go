package rest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
)

// numbers matches phone numbers in E.164 format.
var numbers = regexp.MustCompile(`(\+|%2B)[0-9]{6,15}`)

// record writes the access log and counts. Above debug level neither contains a path, a value or a secret: paths may contain phone
// numbers.
func (m *Mux) record(ctx context.Context, x *exchange) {
	service, operation := "none", "none"
	if x.route != nil {
		service, operation = x.route.service.Name, x.route.op.Name
	}
	took, status := m.env.Steady().Sub(x.began), x.status()
	m.metrics.requests.WithLabelValues(service, operation, strconv.Itoa(status)).Inc()
	m.metrics.duration.WithLabelValues(service, operation).Observe(took.Seconds())

	line := []slog.Attr{
		slog.String("operation", operation), slog.String("service", service), slog.String("request", x.id),
		slog.String("key", x.keyID), slog.Int("status", status), slog.Duration("took", took),
	}
	level := slog.LevelInfo
	if x.fault != nil {
		line = append(line, slog.String("error", x.fault.Type))
		if status >= 500 {
			level = slog.LevelError
			line = append(line, slog.String("cause", numbers.ReplaceAllString(fmt.Sprint(x.cause), "+…")))
		}
		if m.env.Log.Enabled(ctx, slog.LevelDebug) {
			line = append(line, slog.String("reason", x.fault.Message)) // which may contain an id
		}
	}
	if x.fault == nil && x.route != nil && x.route.op.Method != http.MethodGet { // what has changed something is told each time
		m.env.Log.LogAttrs(ctx, level, "api request", line...)
		return
	}
	m.env.Repeats.CountAt(m.env.Log, level, x.kind(operation), "api request", args(line)...)
}

// kind is under what the log counts requests together: reads by their operation and key, refusals by their operation and error, since
// whoever is refused may have made the key up.
func (x *exchange) kind(operation string) string {
	if x.fault != nil {
		return operation + " " + x.fault.Type
	}
	return operation + " of " + x.keyID
}

func args(line []slog.Attr) []any {
	all := make([]any, len(line))
	for i, a := range line {
		all[i] = a
	}
	return all
}
