package sweep

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
)

// metrics of sweeps.
type metrics struct {
	erased        *prometheus.CounterVec
	hold, seconds prometheus.Histogram
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		erased: promauto.With(r).NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_sweep_erased_total", Help: "What sweeps have erased because its life was over, by kind: rows, days of call records, or logs of connectors that became shorter.",
		}, []string{"of"}),
		hold: promauto.With(r).NewHistogram(prometheus.HistogramOpts{
			Name: "timbre_sweep_hold_seconds", Help: "For how long a batch of a sweep kept other writes waiting.",
			Buckets: []float64{0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5},
		}),
		seconds: promauto.With(r).NewHistogram(prometheus.HistogramOpts{
			Name: "timbre_sweep_seconds", Help: "How long a sweep took.", Buckets: []float64{0.01, 0.1, 1, 10, 60, 600},
		}),
	}
	for _, l := range timbre.Lives {
		m.erased.WithLabelValues(string(l.Of))
	}
	return m
}
