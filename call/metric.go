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
	deaf             prometheus.Counter
	mos              *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	with := promauto.With(reg)
	counter := func(name, help string) prometheus.Counter {
		return with.NewCounter(prometheus.CounterOpts{Name: "timbre_call_" + name, Help: help})
	}
	m := &metrics{
		live:    with.NewGauge(prometheus.GaugeOpts{Name: "timbre_call_live", Help: "Live calls."}),
		started: counter("started_total", "Calls that began."),
		refused: counter("refused_total", "Calls that were refused because they could not be saved."),
		ended: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_call_ended_total", Help: "Calls that ended, by reason: hangup, failure, shutdown, recovered, unanalysed.",
		}, []string{"reason"}),
		slow:   counter("slow_frames_total", "Frames that the taps of their leg needed more than 20 ms for."),
		deaf:   counter("deaf_legs_total", "Legs whose audio had no sound for two minutes while the other party talked."),
		panics: counter("tap_panics_total", "Panics of taps. A tap that panics is detached."),
	}
	m.mos = with.NewHistogramVec(prometheus.HistogramOpts{
		Name: "timbre_call_leg_mos",
		Help: "Mean opinion score of ended legs, estimated from loss and jitter, by codec.", Buckets: []float64{2, 2.6, 3.1, 3.6, 4, 4.3},
	}, []string{"codec"})
	for _, reason := range []string{hangup, failure, shutdown, recovered, unanalysed} {
		m.ended.WithLabelValues(reason)
	}
	return m
}
