// Package trace exports what became of a call as a trace of OpenTelemetry: the call from its INVITE to its end, the tasks on it, and each
// notification from the event to its delivery. Ended steps come in; spans go out by OTLP. Which spans belong together follows from ids
// (timbre.SpanOf), so nothing is kept in memory while a call lasts, and a restart in between breaks no trace.
package trace

import (
	"context"
	"encoding/hex"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"timbre"
	"timbre/environment"
)

// closeTimeout bounds the export of the last spans.
const closeTimeout = 3 * time.Second

// Config of a Recorder.
type Config struct {
	Endpoint string // URL of an OTLP receiver, as http://127.0.0.1:4318/v1/traces
	Version  string // of the program
}

// Recorder exports spans, in batches and in the background. It is safe for concurrent use, and never blocks: spans that a receiver does not
// take in time are lost.
type Recorder struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// New returns a Recorder. It connects to nothing yet. The caller must Close it.
func New(ctx context.Context, env environment.Environment, cfg Config) (*Recorder, error) {
	env = env.Complete()
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(cfg.Endpoint))
	if err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "trace.New", "%w", err)
	}
	provider := sdk.NewTracerProvider(
		sdk.WithBatcher(&logged{SpanExporter: exporter, log: env.Log}), sdk.WithIDGenerator(given{}), sdk.WithSampler(sdk.AlwaysSample()),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", "timbre"), attribute.String("service.version", cfg.Version))),
	)
	return &Recorder{provider, provider.Tracer("timbre")}, nil
}

// Close exports what is left.
func (r *Recorder) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	_ = r.provider.Shutdown(ctx) // what cannot be exported is logged
}

// step is an ended step of a call.
type step struct {
	name       string
	call       string // transaction id
	of, within string // the step, and that which it is a part of; empty: of none
	from, to   time.Time
	failure    string // empty: it did not fail
	attributes []attribute.KeyValue
}

// record exports a step as a span.
func (r *Recorder) record(s step) {
	span, ok := timbre.SpanOf(s.call, s.of)
	if !ok {
		return
	}
	ctx := context.WithValue(context.Background(), given{}, span)
	if s.within != "" {
		parent, _ := timbre.SpanOf(s.call, s.within)
		traceID, spanID := numbers(parent)
		ctx = trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: traceID, SpanID: spanID, TraceFlags: trace.FlagsSampled, Remote: true,
		}))
	}
	_, open := r.tracer.Start(ctx, s.name, trace.WithTimestamp(s.from), trace.WithAttributes(s.attributes...))
	if s.failure != "" {
		open.SetStatus(codes.Error, environment.Hide(s.failure))
	}
	open.End(trace.WithTimestamp(s.to))
}

// given gives each span the ids of its context.
type given struct{}

func (given) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	s, _ := ctx.Value(given{}).(timbre.Span)
	return numbers(s)
}

func (g given) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	_, id := g.NewIDs(ctx)
	return id
}

func numbers(s timbre.Span) (t trace.TraceID, id trace.SpanID) {
	_, _ = hex.Decode(t[:], []byte(s.Trace))
	_, _ = hex.Decode(id[:], []byte(s.ID))
	return t, id
}
