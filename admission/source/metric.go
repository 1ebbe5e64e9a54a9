package source

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics count what is not read.
type metrics struct {
	dropped, refused *prometheus.CounterVec
	shed, bans       prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, l *Limiter) *metrics {
	with := promauto.With(reg)
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Name: "timbre_sip_" + name, Help: help}
	}
	gauge := func(name, help string, n func() int) {
		with.NewGaugeFunc(prometheus.GaugeOpts{Name: "timbre_sip_" + name, Help: help}, func() float64 {
			l.mu.Lock()
			defer l.mu.Unlock()
			return float64(n())
		})
	}
	gauge("sources", "Sources whose state is remembered.", func() int { return len(l.known.by) + len(l.unknown.by) + len(l.unproven.by) })
	gauge("banned_sources", "Sources that are banned now.", l.countBanned)
	gauge("connections", "Open TCP and TLS connections of known sources.", func() int { return l.places.count(true) })
	gauge("unknown_connections", "Open TCP and TLS connections of unknown sources.", func() int { return l.places.count(false) })
	return &metrics{
		dropped: with.NewCounterVec(counter("dropped_total", "SIP messages dropped without being read or answered, by reason."), []string{"reason"}),
		refused: with.NewCounterVec(counter("connections_refused_total", "TCP and TLS connections closed on arrival, or (displaced) because others needed the place of a stranger, by reason."), []string{"reason"}),
		shed:    with.NewCounter(counter("shed_total", "INVITEs over the limit of one source, answered with 503 without being read.")),
		bans:    with.NewCounter(counter("bans_total", "Bans of sources.")),
	}
}

// countBanned counts the banned sources. The caller holds mu.
func (l *Limiter) countBanned() (n int) {
	now := l.env.Steady()
	for e := l.unknown.used.Front(); e != nil; e = e.Next() {
		if e.Value.(*source).banned.After(now) {
			n++
		}
	}
	return n
}
