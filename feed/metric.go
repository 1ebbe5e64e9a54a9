package feed

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics are those of all feeds together.
type metrics struct {
	live                     prometheus.Gauge
	started, refused, failed *prometheus.CounterVec
	late, throttled          prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	with := promauto.With(reg)
	vector := func(name, help, label string) *prometheus.CounterVec {
		return with.NewCounterVec(prometheus.CounterOpts{Name: "timbre_feed_" + name, Help: help}, []string{label})
	}
	counter := func(name, help string) prometheus.Counter {
		return with.NewCounter(prometheus.CounterOpts{Name: "timbre_feed_" + name, Help: help})
	}
	return &metrics{
		live:      with.NewGauge(prometheus.GaugeOpts{Name: "timbre_feed_live", Help: "Open feeds, by WebSocket and by PutMedia."}),
		started:   vector("calls_total", "Calls that began on a feed, by dialect.", "dialect"),
		refused:   vector("refused_total", "HTTP requests that were refused, by reason.", "reason"),
		failed:    vector("failed_total", "Feeds that ended other than by a hang-up, by reason.", "reason"),
		late:      counter("late_total", "Pieces of audio that were not heard: late, duplicates, or not to be decoded."),
		throttled: counter("throttled_total", "Messages read later because the feed was too far ahead of real time."),
	}
}
