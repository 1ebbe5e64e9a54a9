package notify

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// readTimeout is how long a reading of the metrics may wait for the outbox.
const readTimeout = 2 * time.Second

// targetMetrics are read when they are asked for: nothing is kept for a target that has nothing waiting.
type targetMetrics struct{ d *Dispatcher }

var (
	targetWaiting  = targetDesc("waiting", "Notices that wait for their delivery, by target.")
	targetOldest   = targetDesc("oldest_seconds", "Age in seconds of the oldest notice that waits, by target; 0 if none does. No jump of the wall clock changes it.")
	targetDead     = targetDesc("dead_letters", "Dead letters, by target.")
	targetBytes    = targetDesc("bytes", "Size of the notices that wait and of the dead letters, by target, as the bound on the disk counts it.")
	targetFailures = targetDesc("failures", "Probes that have failed in a row, and what came before the first, by target; 0 if it works.")
	targetState    = targetDesc("state", "1 for the state of a target that fails, or for which something waits or is dead: works, backing_off, disabled.", "state")
	outboxUnread   = prometheus.NewDesc("timbre_notify_outbox_unreadable",
		"1 if the outbox could not be read for this answer, which then lacks what waits for its targets.", nil, nil)
)

func targetDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("timbre_notify_target_"+name, help, append([]string{"target"}, labels...), nil)
}

// stateNames are the values of the label state.
var stateNames = map[timbre.Delivery]string{
	timbre.DeliveryWorks: "works", timbre.DeliveryWaits: "backing_off", timbre.DeliveryEnded: "disabled",
}

// Describe implements prometheus.Collector.
func (targetMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{targetWaiting, targetOldest, targetDead, targetBytes, targetFailures, targetState, outboxUnread} {
		to <- d
	}
}

// Collect implements prometheus.Collector. Metrics are needed most when something fails: an outbox that cannot be read hides no others.
func (m targetMetrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	depths, err := m.d.deps.Outbox.Depths(ctx)
	unread := 0.0
	if err != nil {
		unread = 1
	}
	gauge(outboxUnread, unread)
	for _, s := range m.d.standings(depths) {
		if err == nil {
			gauge(targetWaiting, float64(s.waiting), s.target)
			gauge(targetOldest, s.oldest.Seconds(), s.target)
			gauge(targetDead, float64(s.dead), s.target)
			gauge(targetBytes, float64(s.bytes), s.target)
		}
		gauge(targetFailures, float64(s.failures), s.target)
		for state, name := range stateNames {
			gauge(targetState, float64(s.states[state]), s.target, name)
		}
	}
}
