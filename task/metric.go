package task

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
)

type metrics struct {
	active        *prometheus.GaugeVec
	ended         *prometheus.CounterVec
	secondVoices  *prometheus.CounterVec
	writeFailures prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	with := promauto.With(reg)
	m := &metrics{
		active: with.NewGaugeVec(prometheus.GaugeOpts{
			Name: "timbre_task_active", Help: "Running tasks, by kind.",
		}, []string{"kind"}),
		ended: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_task_ended_total", Help: "Ended tasks, by kind and final status.",
		}, []string{"kind", "status"}),
		secondVoices: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_task_second_voices_total", Help: "Stretches of a leg in which two people speak, by the result that they were for.",
		}, []string{"result"}),
		writeFailures: with.NewCounter(prometheus.CounterOpts{
			Name: "timbre_task_write_failures_total", Help: "Failed attempts to save a task, each of which is retried.",
		}),
	}
	for _, kind := range []timbre.TaskKind{timbre.SpeakerSearch, timbre.VoiceTone} {
		m.active.WithLabelValues(kind.String())
	}
	for _, result := range []string{"identification", "voiceprint"} {
		m.secondVoices.WithLabelValues(result)
	}
	return m
}
