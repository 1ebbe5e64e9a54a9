package node

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre/build"
	"timbre/config"
	"timbre/models/card"
)

// describe says in the log and in a metric what program runs, by which settings and with which models.
func (n *Node) describe() {
	b := build.Read()
	promauto.With(n.env.Metrics).NewGaugeVec(prometheus.GaugeOpts{
		Name: "timbre_build_info", Help: "1, labelled with the version of the program, its commit and the Go release.",
	}, []string{"version", "commit", "go"}).WithLabelValues(b.Version, b.Commit, b.Go).Set(1)
	models := promauto.With(n.env.Metrics).NewGaugeVec(prometheus.GaugeOpts{
		Name: "timbre_model_info", Help: "1 for each model in use, labelled with its kind, name and version.",
	}, []string{"kind", "model"})
	line := []any{"version", b.Version, "commit", b.Commit, "go", b.Go}
	for _, m := range ModelsInUse(n.settings) {
		models.WithLabelValues(string(m.Kind), m.ID()).Set(1)
		line = append(line, "model_"+string(m.Kind), m.ID())
	}
	for _, s := range n.settings.Effective() {
		if s.Origin.Source != config.FromDefault {
			line = append(line, s.Key, s.Value+" ("+s.Origin.String()+")")
		}
	}
	n.env.Log.Info("starting", line...)
	if open := n.settings.InTheClear(); len(open) > 0 {
		n.env.Log.Warn("tokens and passwords of ports beyond loopback can be read on the way: give them certificates", "settings", strings.Join(open, ", "))
	}
}

// ModelsInUse are the cards of the models that a server with these settings runs. A kind whose model cannot be read is left out.
func ModelsInUse(s config.Settings) (list []card.Card) {
	l := Library(s)
	for _, kind := range card.Kinds {
		if e, err := l.Choose(kind); err == nil && e.Err == nil {
			list = append(list, e.Card)
		}
	}
	return list
}
