package notify

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	sent, failed, dead, dropped *prometheus.CounterVec
	seconds, lag                *prometheus.HistogramVec
	unknown                     prometheus.Gauge
}

// newMetrics registers the metrics of a dispatcher.
func newMetrics(reg prometheus.Registerer, d *Dispatcher) metrics {
	with := promauto.With(reg)
	if reg != nil {
		reg.MustRegister(targetMetrics{d})
	}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return with.NewCounterVec(prometheus.CounterOpts{Name: "timbre_notify_" + name, Help: help}, labels)
	}
	histogram := func(name, help string, first float64) *prometheus.HistogramVec {
		return with.NewHistogramVec(prometheus.HistogramOpts{
			Name: "timbre_notify_" + name, Help: help, Buckets: prometheus.ExponentialBuckets(first, 2, 14),
		}, []string{"kind"})
	}
	return metrics{
		sent:    counter("sent_total", "Notices delivered.", "kind"),
		failed:  counter("failed_total", "Delivery attempts that failed.", "kind"),
		dead:    counter("dead_total", "Notices that became dead letters: expired, refused, gone (their target wants none), or no_sink for their target.", "kind", "reason"),
		dropped: counter("dropped_total", "Notices and dead letters that were erased to keep the outbox within its bound on the disk.", "reason"),
		unknown: with.NewGauge(prometheus.GaugeOpts{
			Name: "timbre_notify_unknown_targets",
			Help: "Targets of stored configurations to which nothing can be delivered, at the last start or reload of the settings.",
		}),
		seconds: histogram("try_seconds", "Duration of a delivery attempt in seconds.", 0.001),
		lag:     histogram("lag_seconds", "Time from the creation of a notice to its delivery in seconds.", 0.002),
	}
}
