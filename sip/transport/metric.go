package transport

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics count what is refused or cannot be read.
type metrics struct {
	rejected, broken *prometheus.CounterVec
	buffer           prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer, pooledSources func() float64) *metrics {
	with := promauto.With(reg)
	with.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "timbre_sip_pooled_sources", Help: "UDP source addresses that the SIP stack holds for the current reader of each socket.",
	}, pooledSources)
	return &metrics{
		rejected: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_sip_rejected_total", Help: "SIP messages that were refused or could not be parsed, by reason.",
		}, []string{"reason"}),
		broken: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_sip_connections_broken_total", Help: "TCP and TLS connections that the server closed, by reason: idle, slow, too_large, malformed; or closed: the peer ended it within a message.",
		}, []string{"reason"}),
		buffer: with.NewGauge(prometheus.GaugeOpts{
			Name: "timbre_sip_receive_buffer_bytes", Help: "Receive buffer of the UDP socket as the kernel counts it.",
		}),
	}
}

// Reject counts a message that is not accepted, by a reason of few words. Refuse counts by itself.
func (s *Stack) Reject(reason string) { s.metrics.rejected.WithLabelValues(reason).Inc() }
