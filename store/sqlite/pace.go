package sqlite

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// pace is how fast transactions go. They pass one connection, so each waits for those before it.
type pace struct {
	waiting            atomic.Int64
	wait, hold, commit prometheus.Histogram
}

func newPace() *pace {
	histogram := func(name, help string) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "timbre_store_" + name, Help: help, Buckets: prometheus.ExponentialBuckets(0.0001, 2.5, 13), // to 6 s
		})
	}
	return &pace{
		wait:   histogram("write_wait_seconds", "For how long a transaction waited for those before it."),
		hold:   histogram("write_hold_seconds", "For how long a transaction kept others waiting, its commit included."),
		commit: histogram("commit_seconds", "For how long a commit waited for the disk."),
	}
}

var waitingWrites = prometheus.NewDesc("timbre_store_waiting_writes", "Transactions that wait for those before them.", nil, nil)

// Describe implements prometheus.Collector.
func (p *pace) Describe(to chan<- *prometheus.Desc) {
	to <- waitingWrites
	for _, h := range []prometheus.Histogram{p.wait, p.hold, p.commit} {
		h.Describe(to)
	}
}

// Collect implements prometheus.Collector.
func (p *pace) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(waitingWrites, prometheus.GaugeValue, float64(p.waiting.Load()))
	for _, h := range []prometheus.Histogram{p.wait, p.hold, p.commit} {
		h.Collect(to)
	}
}

// queue begins to wait. The returned function ends that and returns when it did.
func (p *pace) queue() (ready func() time.Time) {
	began := time.Now()
	p.waiting.Add(1)
	return func() time.Time {
		p.waiting.Add(-1)
		p.wait.Observe(time.Since(began).Seconds())
		return time.Now()
	}
}

// committed measures a transaction that has waited until one time, and whose commit began at another.
func (p *pace) committed(began, commit time.Time) {
	p.commit.Observe(time.Since(commit).Seconds())
	p.hold.Observe(time.Since(began).Seconds())
}
