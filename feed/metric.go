package feed

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the figures of all feeds together.
type metrics struct {
	live            prometheus.Gauge
	started         *prometheus.CounterVec
	refused, failed *prometheus.CounterVec
	late, held      prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		live:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "timbre_feed_live", Help: "WebSocket feeds that are connected."}),
		started: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "timbre_feed_calls_total", Help: "Calls that began on a feed, by dialect."}, []string{"dialect"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "timbre_feed_refused_total", Help: "Requests that did not become a feed, by reason."}, []string{"reason"}),
		failed:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "timbre_feed_failed_total", Help: "Feeds that ended other than by hang-up, by reason."}, []string{"reason"}),
		late:    prometheus.NewCounter(prometheus.CounterOpts{Name: "timbre_feed_late_total", Help: "Pieces of audio that came after their time and were not heard."}),
		held:    prometheus.NewCounter(prometheus.CounterOpts{Name: "timbre_feed_held_total", Help: "Times that a feed ran too far ahead of real time and was read later."}),
	}
	if reg == nil {
		return m, nil
	}
	var errs error
	for _, c := range []prometheus.Collector{m.live, m.started, m.refused, m.failed, m.late, m.held} {
		errs = errors.Join(errs, reg.Register(c))
	}
	return m, errs
}
