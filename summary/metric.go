package summary

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct{ posted, failures prometheus.Counter }

func newMetrics(reg prometheus.Registerer, waiting func() int) metrics {
	with := promauto.With(reg)
	with.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "timbre_summary_waiting", Help: "Ended calls whose summary is not due yet, with and without voice analytics.",
	}, func() float64 { return float64(waiting()) })
	return metrics{
		posted:   with.NewCounter(prometheus.CounterOpts{Name: "timbre_summary_posted_total", Help: "Calls whose summary was posted."}),
		failures: with.NewCounter(prometheus.CounterOpts{Name: "timbre_summary_failures_total", Help: "Attempts to post a summary that failed. Each is repeated."}),
	}
}
