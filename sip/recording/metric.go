package recording

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics of recording sessions.
type metrics struct {
	probes *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer, live func() int) *metrics {
	with := promauto.With(reg)
	with.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "timbre_sip_dialogs", Help: "SIP dialogs that are established.",
	}, func() float64 { return float64(live()) })
	return &metrics{probes: with.NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_sip_probes_total", Help: "Calls without media whose peer was sent OPTIONS, by outcome: alive; gone: it knows no such call; mute: it did not respond.",
	}, []string{"outcome"})}
}
