package notify

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	sent, failed, dropped *prometheus.CounterVec
	seconds, lag          *prometheus.HistogramVec
}

func newMetrics(r prometheus.Registerer) metrics {
	f := promauto.With(r) // registers nothing if r is nil
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return f.NewCounterVec(prometheus.CounterOpts{Name: "timbre_notify_" + name, Help: help}, labels)
	}
	histogram := func(name, help string, first float64) *prometheus.HistogramVec {
		return f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "timbre_notify_" + name, Help: help, Buckets: prometheus.ExponentialBuckets(first, 2, 14),
		}, []string{"kind"})
	}
	return metrics{
		sent:    counter("sent_total", "Notices that their target has taken.", "kind"),
		failed:  counter("failed_total", "Tries that failed.", "kind"),
		dropped: counter("dropped_total", "Notices given up: expired after a day of tries, or no_sink for their target.", "kind", "reason"),
		seconds: histogram("try_seconds", "How long one try takes.", 0.001),
		lag:     histogram("lag_seconds", "From the making of a notice to its delivery.", 0.002),
	}
}
