package speech

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
)

type metrics struct {
	lost               prometheus.Counter
	dropped            *prometheus.CounterVec
	wait, frame, delay prometheus.Histogram
}

// newMetrics registers the metrics. lag is how many legs are analysed, and how far the last one is behind.
func newMetrics(reg prometheus.Registerer, lag func() (legs int, most time.Duration)) *metrics {
	with := promauto.With(reg)
	histogram := func(name, help string, first float64) prometheus.Histogram {
		return with.NewHistogram(prometheus.HistogramOpts{
			Name: "timbre_" + name, Help: help, Buckets: prometheus.ExponentialBuckets(first, 2.5, 13),
		})
	}
	with.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "timbre_vad_legs", Help: "Legs whose voice activity is detected.",
	}, func() float64 { legs, _ := lag(); return float64(legs) })
	with.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "timbre_vad_backlog_seconds", Help: "Audio that waits for voice activity detection, of the leg that is furthest behind. At 60 s frames are lost.",
	}, func() float64 { _, most := lag(); return most.Seconds() })
	m := &metrics{lost: with.NewCounter(prometheus.CounterOpts{
		Name: "timbre_vad_frames_lost_total",
		Help: "Frames of 20 ms that were not analysed because voice activity detection lagged behind the call.",
	})}
	m.dropped = with.NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_speech_dropped_seconds_total",
		Help: "Audio of analysed legs that is not the voice of their party, by reason: echo, tone, dtmf, recording, background.",
	}, []string{"reason"})
	m.wait = histogram("vad_wait_seconds", "For how long a frame waited for voice activity detection; one frame a second of each leg.", 0.00001)
	m.frame = histogram("vad_frame_seconds", "Duration of the voice activity detection of a frame of 20 ms, gates included; one frame a second of each leg.", 0.00001)
	m.delay = histogram("speech_delay_seconds", "Time from the end of a voiced stretch on the call until it is passed on as speech, gates included.", 0.001)
	for _, r := range timbre.Reasons() {
		m.dropped.WithLabelValues(r.String())
	}
	return m
}

// count counts a stretch that is passed on.
func (m *metrics) count(s timbre.Speech) {
	if s.Voiced {
		m.delay.Observe(time.Since(s.Came).Seconds())
	}
	if d := s.Drop; d.Reason != timbre.DropNone {
		m.dropped.WithLabelValues(d.Reason.String()).Add(d.For.Seconds())
	}
}
