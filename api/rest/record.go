package rest

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// meter counts what is served.
type meter struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	panics   prometheus.Counter
}

func newMeter(r prometheus.Registerer) meter {
	m := meter{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_api_requests_total", Help: "API requests answered, by operation and HTTP status.",
		}, []string{"service", "operation", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "timbre_api_request_duration_seconds", Help: "Time from a request's header to its answer.",
			Buckets: prometheus.ExponentialBuckets(0.0002, 2.5, 12),
		}, []string{"service", "operation"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "timbre_api_panics_total", Help: "API requests that ended in a panic and were answered with 500.",
		}),
	}
	if r != nil {
		r.MustRegister(m.requests, m.duration, m.panics)
	}
	return m
}

// numbers are phone numbers in the form of E.164.
var numbers = regexp.MustCompile(`(\+|%2B)[0-9]{6,15}`)

// record writes the access log's line and counts. Above debug level neither holds a path, a value or a secret: paths carry
// phone numbers.
func (m *Mux) record(ctx context.Context, x *exchange) {
	service, operation := "none", "none"
	if x.route != nil {
		service, operation = x.route.service.Name, x.route.op.Name
	}
	took, status := m.cfg.Now().Sub(x.began), x.status()
	m.meter.requests.WithLabelValues(service, operation, strconv.Itoa(status)).Inc()
	m.meter.duration.WithLabelValues(service, operation).Observe(took.Seconds())

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
		if m.cfg.Log.Enabled(ctx, slog.LevelDebug) {
			line = append(line, slog.String("reason", x.fault.Message)) // which may say what was not found
		}
	}
	m.cfg.Log.LogAttrs(ctx, level, "api request", line...)
}
