package call

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	live             prometheus.Gauge
	started, refused prometheus.Counter
	ended            *prometheus.CounterVec
	slow, panics     prometheus.Counter
	mos              *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	with := promauto.With(reg)
	counter := func(name, help string) prometheus.Counter {
		return with.NewCounter(prometheus.CounterOpts{Name: "timbre_call_" + name, Help: help})
	}
	m := &metrics{
		live:    with.NewGauge(prometheus.GaugeOpts{Name: "timbre_call_live", Help: "Calls that are live."}),
		started: counter("started_total", "Calls that were taken in."),
		refused: counter("refused_total", "Calls that could not be written and were not taken in."),
		ended: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_call_ended_total", Help: "Calls that ended, by reason: hangup, failure, shutdown, recovered, unanalysed.",
		}, []string{"reason"}),
		slow:   counter("slow_frames_total", "Frames that kept the taps of their leg busy for longer than they last."),
		panics: counter("tap_panics_total", "Panics of taps, each of which was taken off its leg."),
	}
	m.mos = with.NewHistogramVec(prometheus.HistogramOpts{
		Name: "timbre_call_leg_mos",
		Help: "Mean opinion score, as it is estimated from loss and jitter, of legs that have ended, by codec.", Buckets: []float64{2, 2.6, 3.1, 3.6, 4, 4.3},
	}, []string{"codec"})
	for _, reason := range []string{"hangup", "failure", "shutdown", "recovered", "unanalysed"} {
		m.ended.WithLabelValues(reason)
	}
	return m
}
