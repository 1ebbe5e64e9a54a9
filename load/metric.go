package load

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

func (m *Meter) register(reg prometheus.Registerer) {
	promauto.With(reg).NewGaugeFunc(prometheus.GaugeOpts{
		Name: "timbre_load",
		Help: "How full the server is, by what the running tasks will need of its threads and by how late waiting audio and voices are: from 0 to 1, at which new calls and tasks are refused.",
	}, m.Load)
}
