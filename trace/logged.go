package trace

import (
	"context"
	"log/slog"

	sdk "go.opentelemetry.io/otel/sdk/trace"

	"timbre/environment"
)

// logged is an exporter whose failures are in the log of the server, once an outage.
type logged struct {
	sdk.SpanExporter

	log    *slog.Logger
	outage environment.Outage
}

// ExportSpans exports spans. Those that cannot be exported are lost.
func (l *logged) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if err := l.SpanExporter.ExportSpans(ctx, spans); err != nil {
		l.outage.Failed(l.log, "traces cannot be exported and are lost", "error", err)
	} else {
		l.outage.Over(l.log, "traces are exported again")
	}
	return nil
}
