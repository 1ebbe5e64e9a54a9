package sentry

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics say what was not heard.
type metrics struct {
	dropped, refused *prometheus.CounterVec
	shed, bans       prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, g *Sentry) *metrics {
	with := promauto.With(reg)
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Name: "timbre_sip_" + name, Help: help}
	}
	gauge := func(name, help string, n func() int) {
		with.NewGaugeFunc(prometheus.GaugeOpts{Name: "timbre_sip_" + name, Help: help}, func() float64 {
			g.mu.Lock()
			defer g.mu.Unlock()
			return float64(n())
		})
	}
	gauge("sources", "Sources that are remembered.", func() int { return len(g.friends.by) + len(g.strangers.by) })
	gauge("banned_sources", "Sources that are not heard for a time.", g.bannedNow)
	gauge("connections", "TCP and TLS connections of sources that may call, or have proven themselves.", func() int { return g.connections[true] })
	gauge("stranger_connections", "TCP and TLS connections of others.", func() int { return g.connections[false] })
	return &metrics{
		dropped: with.NewCounterVec(counter("dropped_total", "SIP messages that were neither read nor answered, by reason."), []string{"reason"}),
		refused: with.NewCounterVec(counter("connections_refused_total", "TCP and TLS connections that were closed at once, by reason."), []string{"reason"}),
		shed:    with.NewCounter(counter("shed_total", "INVITEs answered with 503 unread: too many from one source.")),
		bans:    with.NewCounter(counter("bans_total", "Times that a source was banned.")),
	}
}

// bannedNow counts the banned. The caller holds mu.
func (g *Sentry) bannedNow() (n int) {
	now := g.cfg.Now()
	for e := g.strangers.last.Front(); e != nil; e = e.Next() {
		if e.Value.(*source).banned.After(now) {
			n++
		}
	}
	return n
}
