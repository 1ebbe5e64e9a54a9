package node

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
	"timbre/environment"
)

// countProfilesEvery is how often profiles are counted by model. Only deletions, enrolments and a sweep change the numbers.
const countProfilesEvery = 10 * time.Minute

// profileModels tells of which speaker models the stored profiles are. Those of another than the one in use match nobody, which
// nothing else would show.
type profileModels struct {
	counter           timbre.ModelCounter
	inUse             string
	profiles, domains *prometheus.GaugeVec
	known             map[string]bool
}

func (n *Node) openProfileModels(context.Context) error {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return promauto.With(n.env.Metrics).NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{"model", "in_use"})
	}
	n.profileModels = &profileModels{
		counter: n.store, inUse: n.speakerModel, known: map[string]bool{},
		profiles: gauge("timbre_profiles", "Voice profiles, by the speaker model of their voiceprint and whether it is in use."),
		domains:  gauge("timbre_profile_domains", "Voice profile domains with profiles of a speaker model."),
	}
	return nil
}

// watchProfileModels counts the profiles now and from time to time. At the start it warns of models that are not in use.
func (n *Node) watchProfileModels(ctx context.Context) {
	ticker := time.NewTicker(countProfilesEvery)
	defer ticker.Stop()
	var outage environment.Outage
	for warned := false; ; {
		others, err := n.profileModels.count(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			outage.Failed(n.env.Log, "cannot count the profiles by speaker model", "error", err)
		case !warned:
			warned = true
			for _, o := range others {
				n.env.Log.Warn("profiles match nobody, because they are of a speaker model that is not in use", "profiles", o.Profiles,
					"domains", o.Domains, "model", o.Model, "model_in_use", n.profileModels.inUse)
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// count sets the gauges, and returns the models that are not in use.
func (p *profileModels) count(ctx context.Context) (others []timbre.ModelUse, err error) {
	list, err := p.counter.ModelsInProfiles(ctx)
	if err != nil {
		return nil, err
	}
	gone := p.known
	p.known = map[string]bool{}
	for _, u := range list {
		inUse := u.Model == p.inUse
		if !inUse {
			others = append(others, u)
		}
		labels := []string{u.Model, strconv.FormatBool(inUse)}
		p.profiles.WithLabelValues(labels...).Set(float64(u.Profiles))
		p.domains.WithLabelValues(labels...).Set(float64(u.Domains))
		p.known[u.Model] = true
		delete(gone, u.Model)
	}
	for model := range gone {
		p.profiles.DeletePartialMatch(prometheus.Labels{"model": model})
		p.domains.DeletePartialMatch(prometheus.Labels{"model": model})
	}
	return others, nil
}
