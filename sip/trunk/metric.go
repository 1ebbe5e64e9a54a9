package trunk

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics count calls by their outcome.
type metrics struct {
	answered   prometheus.Counter
	failed     *prometheus.CounterVec // by status code
	failovers  prometheus.Counter
	unanalysed prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, live func() float64) *metrics {
	with := promauto.With(reg)
	counter := func(name, help string) prometheus.Counter {
		return with.NewCounter(prometheus.CounterOpts{Name: "timbre_trunk_" + name, Help: help})
	}
	with.NewGaugeFunc(prometheus.GaugeOpts{Name: "timbre_trunk_calls", Help: "Bridged calls, ringing ones included."}, live)
	return &metrics{
		answered:   counter("answered_total", "Bridged calls that were answered."),
		failovers:  counter("failovers_total", "Routes that failed, so that the next one was tried."),
		unanalysed: counter("unanalysed_total", "Bridged calls whose analysis could not begin."),
		failed: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_trunk_failed_total", Help: "Calls that were not bridged, by the status code that the caller was sent.",
		}, []string{"code"}),
	}
}
