package task

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
)

type metrics struct {
	active  *prometheus.GaugeVec
	ended   *prometheus.CounterVec
	unsaved prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	with := promauto.With(reg)
	m := &metrics{
		active: with.NewGaugeVec(prometheus.GaugeOpts{
			Name: "timbre_task_active", Help: "Tasks that are running, by kind.",
		}, []string{"kind"}),
		ended: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_task_ended_total", Help: "Tasks that ended, by kind and last status.",
		}, []string{"kind", "status"}),
		unsaved: with.NewCounter(prometheus.CounterOpts{
			Name: "timbre_task_write_failures_total", Help: "Times that a task could not be written down and had to be tried again.",
		}),
	}
	for _, kind := range []timbre.TaskKind{timbre.SpeakerSearch, timbre.VoiceTone} {
		m.active.WithLabelValues(kind.String())
	}
	return m
}
