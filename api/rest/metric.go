package rest

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics of the requests that are served.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	panics   prometheus.Counter
}

func newMetrics(r prometheus.Registerer) metrics {
	with := promauto.With(r)
	return metrics{
		requests: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_api_requests_total", Help: "API requests answered, by operation and HTTP status.",
		}, []string{"service", "operation", "status"}),
		duration: with.NewHistogramVec(prometheus.HistogramOpts{
			Name: "timbre_api_request_duration_seconds", Help: "Time from a request's header to its response.",
			Buckets: prometheus.ExponentialBuckets(0.0002, 2.5, 12),
		}, []string{"service", "operation"}),
		panics: with.NewCounter(prometheus.CounterOpts{
			Name: "timbre_api_panics_total", Help: "API requests that ended in a panic and were answered with 500.",
		}),
	}
}
