package speech

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
)

type metrics struct {
	lost    prometheus.Counter
	dropped *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{lost: promauto.With(reg).NewCounter(prometheus.CounterOpts{
		Name: "timbre_vad_frames_lost_total",
		Help: "Frames of 20 ms that were not analysed because voice activity detection lagged behind the call.",
	})}
	m.dropped = promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_speech_dropped_seconds_total",
		Help: "Audio of analysed legs that is not the voice of their party, by reason: echo, tone, dtmf, recording, background. Each task that listens to a leg counts.",
	}, []string{"reason"})
	for _, r := range timbre.Reasons() {
		m.dropped.WithLabelValues(r.String())
	}
	return m
}

func (m *metrics) count(d timbre.Drop) {
	if d.Reason != timbre.DropNone {
		m.dropped.WithLabelValues(d.Reason.String()).Add(d.For.Seconds())
	}
}
