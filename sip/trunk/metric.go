package trunk

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count what becomes of calls.
type metrics struct {
	answered   prometheus.Counter
	failed     *prometheus.CounterVec // by status code
	failovers  prometheus.Counter
	unanalysed prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, live func() float64) (*metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "timbre_trunk_" + name, Help: help})
	}
	m := &metrics{
		answered:   counter("answered_total", "Trunk calls that were answered."),
		failovers:  counter("failovers_total", "Gateways that were given up for the next route."),
		unanalysed: counter("unanalysed_total", "Trunk calls that were put through although analysis could not begin."),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_trunk_failed_total", Help: "Trunk calls that were not put through, by the status code that the caller got.",
		}, []string{"code"}),
	}
	if reg == nil {
		return m, nil
	}
	return m, errors.Join(reg.Register(m.answered), reg.Register(m.failovers), reg.Register(m.unanalysed), reg.Register(m.failed),
		reg.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "timbre_trunk_calls", Help: "Trunk calls, those that ring included."}, live)))
}
