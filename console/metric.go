package console

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	signIns *prometheus.CounterVec
	streams prometheus.Gauge
	open    atomic.Int64 // streams
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := promauto.With(r)
	s := &metrics{
		signIns: m.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_console_sign_ins_total", Help: "Sign-ins to the console by outcome: accepted, refused, throttled; by an issuer also expired (it took too long, or was begun elsewhere), unavailable (the issuer does not answer).",
		}, []string{"outcome"}),
		streams: m.NewGauge(prometheus.GaugeOpts{
			Name: "timbre_console_streams", Help: "Streams of the console that are open: pages that look at live calls.",
		}),
	}
	for _, outcome := range []string{"accepted", "refused", "throttled", "expired", "unavailable"} {
		s.signIns.WithLabelValues(outcome)
	}
	return s
}

// take takes the place of a stream; false: there are as many as there may be.
func (m *metrics) take(most int64) bool {
	if m.open.Add(1) > most {
		m.open.Add(-1)
		return false
	}
	m.streams.Inc()
	return true
}

// give gives it back.
func (m *metrics) give() {
	m.open.Add(-1)
	m.streams.Dec()
}
