package door

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Metrics are those of all doors of a server.
type Metrics struct {
	open               *prometheus.GaugeVec
	refused, displaced *prometheus.CounterVec
}

// NewMetrics registers them.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	with := promauto.With(reg)
	return &Metrics{
		open: with.NewGaugeVec(prometheus.GaugeOpts{
			Name: "timbre_door_connections", Help: "Open connections, by door: sip (TCP and TLS), feed, api, admin. Feeds that carry a call are not among them.",
		}, []string{"door"}),
		refused: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_door_refused_total", Help: "Connections closed on arrival, by door and reason: source (too many of one), all (too many in all), descriptors (what is left is set aside), accept (the system gave none).",
		}, []string{"door", "reason"}),
		displaced: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_door_displaced_total", Help: "Connections that waited and were closed to make room for another one, by door.",
		}, []string{"door"}),
	}
}
