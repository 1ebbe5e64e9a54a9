package task

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"timbre"
)

// maxDomains is how many domains have metrics of their own: those with the first searches. Clients of the API can make any number, so the
// others are added up, under the name otherDomains.
const (
	maxDomains   = 50
	otherDomains = "other"
)

// quality counts what speaker searches give, by domain.
type quality struct {
	answers, refusals *prometheus.CounterVec
	waited            *prometheus.HistogramVec

	mu      sync.Mutex
	domains map[string]bool
}

func newQuality(reg prometheus.Registerer) *quality {
	with := promauto.With(reg)
	return &quality{
		answers: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_task_answers_total", Help: "Identifications by domain and outcome: matches, none.",
		}, []string{"domain", "outcome"}),
		refusals: with.NewCounterVec(prometheus.CounterOpts{
			Name: "timbre_task_refusals_total",
			Help: "Identifications and voiceprints that were not made, by domain and reason: too_short, poor_audio, call_changed, aborted, fault.",
		}, []string{"domain", "result", "reason"}),
		waited: with.NewHistogramVec(prometheus.HistogramOpts{
			Name: "timbre_task_net_speech_seconds", Help: "Net speech that a result was made of, by domain and result: identification, voiceprint.",
			Buckets: []float64{10, 12, 15, 20, 30, 45, 60, 90},
		}, []string{"domain", "result"}),
		domains: map[string]bool{},
	}
}

// domain is the value of the label.
func (q *quality) domain(id string) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.domains[id]:
	case len(q.domains) >= maxDomains:
		return otherDomains
	default:
		q.domains[id] = true
	}
	return id
}

// count counts the results that a step of a speaker search has reported. in is the input of the step.
func (q *quality) count(in input, s state, events []timbre.Event) {
	search, is := s.(searchState)
	if !is {
		return
	}
	for _, e := range events {
		domain := q.domain(search.DomainID)
		switch e.Status {
		case timbre.IdentificationSuccessful:
			q.answers.WithLabelValues(domain, "matches").Inc()
			q.waited.WithLabelValues(domain, ofIdentification).Observe(search.searched.Seconds())
		case timbre.IdentificationNoMatches:
			q.answers.WithLabelValues(domain, "none").Inc()
			q.waited.WithLabelValues(domain, ofIdentification).Observe(search.searched.Seconds())
		case timbre.VoiceprintGenerationSuccess:
			q.waited.WithLabelValues(domain, ofVoiceprint).Observe(search.printed.Seconds())
		case timbre.IdentificationFailure:
			q.refusals.WithLabelValues(domain, ofIdentification, refusal(in)).Inc()
		case timbre.VoiceprintGenerationFailure:
			q.refusals.WithLabelValues(domain, ofVoiceprint, refusal(in)).Inc()
		}
	}
}

// refusal is why a step made no result, by what happened to the task.
func refusal(in input) string {
	switch in := in.(type) {
	case legEnded, searched:
		return "too_short"
	case voicesMixed:
		return "poor_audio"
	case callChanged:
		return "call_changed"
	case aborted:
		return "aborted"
	case workFailed:
		if timbre.KindOf(in.err) == timbre.Unprocessable {
			return "poor_audio"
		}
	}
	return "fault"
}
