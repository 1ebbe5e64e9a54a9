package speech

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	lost prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	return &metrics{lost: promauto.With(reg).NewCounter(prometheus.CounterOpts{
		Name: "timbre_vad_frames_lost_total",
		Help: "Frames of 20 ms that were not analysed because voice activity detection lagged behind the call.",
	})}
}
