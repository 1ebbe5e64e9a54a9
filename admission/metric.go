package admission

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

func registerMetrics(reg prometheus.Registerer, l *allowList) {
	gauge := func(name, help string, n func() int) {
		promauto.With(reg).NewGaugeFunc(prometheus.GaugeOpts{Name: "timbre_admission_" + name, Help: help}, func() float64 {
			l.mu.RLock()
			defer l.mu.RUnlock()
			return float64(n())
		})
	}
	gauge("connectors", "Connectors of which it is known who may use them.", func() int { return len(l.entries) })
	gauge("unread_connectors", "Connectors whose termination or credentials cannot be read: what was read last is in force.",
		func() int { return l.unread })
}
