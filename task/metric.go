package task

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
)

type metrics struct {
	active        *prometheus.GaugeVec
	ended         *prometheus.CounterVec
	secondVoices  *prometheus.CounterVec
	writeFailures prometheus.Counter
	skipped       prometheus.Counter
	delay, steps  *prometheus.HistogramVec
	quality       *quality
}

func newMetrics(reg prometheus.Registerer) *metrics {
	with := promauto.With(reg)
	m := &metrics{
		quality: newQuality(reg),
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
		skipped: with.NewCounter(prometheus.CounterOpts{
			Name: "timbre_task_skipped_tones_total", Help: "Scores of the tone of a leg that were skipped, because the server was overloaded.",
		}),
	}
	histogram := func(name, help, label string, first float64) *prometheus.HistogramVec {
		return with.NewHistogramVec(prometheus.HistogramOpts{
			Name: "timbre_task_" + name, Help: help, Buckets: prometheus.ExponentialBuckets(first, 2, 15),
		}, []string{label})
	}
	m.delay = histogram("result_delay_seconds", "Time from the moment at which the audio that a result needs was complete on the call, "+
		"such as its 10th second of speech, until the result and its event were saved, by result.", "result", 0.01)
	m.steps = histogram("step_seconds", "Duration of a step of the analysis: "+strings.Join(steps, ", ")+".", "step", 0.0005)
	for _, step := range steps {
		m.steps.WithLabelValues(step)
	}
	for _, result := range []string{ofIdentification, ofVoiceprint, ofTone} {
		m.delay.WithLabelValues(result)
	}
	for _, kind := range []timbre.TaskKind{timbre.SpeakerSearch, timbre.VoiceTone} {
		m.active.WithLabelValues(kind.String())
	}
	for _, result := range []string{"identification", "voiceprint"} {
		m.secondVoices.WithLabelValues(result)
	}
	return m
}

// steps are those that are measured, in their order: those of a speaker search, that of a voice tone analysis, and the last one of both.
var steps = []string{"voices", "embed", "search", "spoof", "tone", "save"}

// step begins a step, which the returned function ends.
func (m *metrics) step(name string) (end func()) {
	began := time.Now()
	return func() { m.steps.WithLabelValues(name).Observe(time.Since(began).Seconds()) }
}
