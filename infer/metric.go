package infer

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics of all models of a runtime. Those of its queues are read when they are asked for.
type metrics struct {
	wait, run *prometheus.HistogramVec
	windows   *prometheus.CounterVec
	failures  *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer, r *Runtime) *metrics {
	with := promauto.With(reg)
	histogram := func(name, help string) *prometheus.HistogramVec {
		return with.NewHistogramVec(prometheus.HistogramOpts{
			Name: "timbre_infer_" + name, Help: help, Buckets: prometheus.ExponentialBuckets(0.0001, 2.5, 13), // to 6 s
		}, []string{"model"})
	}
	if reg != nil {
		reg.MustRegister(queueMetrics{r})
	}
	return &metrics{
		wait: histogram("wait_seconds", "For how long a run of a model waited for a thread."),
		run:  histogram("run_seconds", "Duration of a run of a model, once it had a thread."),
		windows: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_infer_windows_total", Help: "Windows of legs that the runs of a recurrent model took: many in one run.",
		}, []string{"model"}),
		failures: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_infer_failures_total", Help: "Runs of a model that failed, or that were given up before they had a thread.",
		}, []string{"model"}),
	}
}

// of returns the metrics of one model.
func (m *metrics) of(model string) runMetrics {
	return runMetrics{m.wait.WithLabelValues(model), m.run.WithLabelValues(model), m.windows.WithLabelValues(model), m.failures.WithLabelValues(model)}
}

// runMetrics are those of the runs of one model.
type runMetrics struct {
	wait, run         prometheus.Observer
	windows, failures prometheus.Counter
}

var (
	runsWaiting = queueDesc("waiting_runs", "Runs of a model that wait for a thread.", "model")
	oldestRun   = queueDesc("oldest_wait_seconds", "For how long the run of a model that has waited longest has waited; 0 if none waits.", "model")
	busyThreads = queueDesc("busy_threads", "Threads that run a model, by queue: long runs wait apart from short ones.", "queue")
	allThreads  = queueDesc("threads", "Threads of a queue.", "queue")
)

func queueDesc(name, help, label string) *prometheus.Desc {
	return prometheus.NewDesc("timbre_infer_"+name, help, []string{label}, nil)
}

type queueMetrics struct{ r *Runtime }

// Describe implements prometheus.Collector.
func (queueMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{runsWaiting, oldestRun, busyThreads, allThreads} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (q queueMetrics) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, label string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, label)
	}
	for name, waits := range q.r.waiting() {
		gauge(runsWaiting, float64(waits.length()), name)
		gauge(oldestRun, waits.age().Seconds(), name)
	}
	for queue, name := range [...]string{Long: "long", Short: "short"} {
		gauge(busyThreads, float64(q.r.queues[queue].inUse()), name)
		gauge(allThreads, float64(q.r.queues[queue].threads), name)
	}
}
