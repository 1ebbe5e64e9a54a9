package toll

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
)

// metrics count refusals by their reason.
type metrics struct{ refused *prometheus.CounterVec }

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
		Name: "timbre_toll_refused_total", Help: "Calls that were not put through to a gateway, or were ended, to prevent toll fraud, by reason.",
	}, []string{"reason"})}
	for _, r := range []timbre.TollReason{
		timbre.TollRegion, timbre.TollPremium, timbre.TollNumber, timbre.TollOpen, timbre.TollCalls, timbre.TollMinutes,
	} {
		m.refused.WithLabelValues(string(r))
	}
	return m
}
