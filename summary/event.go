package summary

import (
	"slices"

	"timbre"
)

// part is what one event reports: the tasks of one owner on one leg.
type part struct {
	owner string
	leg   int
	tasks []timbre.Task
}

// events returns the summary of a call: an event for each leg that speaker search was started on, for the connector and for each
// pipeline by itself, because they have sinks of their own. An owner that had tone analysed alone has one event.
func (p *Poster) events(r timbre.CallResults) (events []timbre.Event) {
	for _, part := range parts(r) {
		events = append(events, timbre.Event{
			ID: p.env.NewID(), Type: timbre.VoiceAnalyticsStatus, Status: timbre.PostCallVoiceAnalytics, Time: p.env.Now(),
			Call: r.Call, Leg: part.leg, Source: part.tasks[0].Source, Summary: summarise(part.tasks, r.Enrolments),
		})
	}
	return events
}

// parts divides the tasks of a call, searches first.
func parts(r timbre.CallResults) (list []part) {
	for _, kind := range []timbre.TaskKind{timbre.SpeakerSearch, timbre.VoiceTone} {
		for _, t := range r.Tasks {
			if t.Kind != kind {
				continue
			}
			leg := legOf(r.Call, t)
			i := slices.IndexFunc(list, func(p part) bool {
				return p.owner == t.Owner() && (p.leg == leg || kind == timbre.VoiceTone)
			})
			if i < 0 {
				i, list = len(list), append(list, part{owner: t.Owner(), leg: leg})
			}
			list[i].tasks = append(list[i].tasks, t)
		}
	}
	return list
}

// legOf is the leg that a task analysed: the caller's for a tone analysis that was started on the connector, which has both.
func legOf(c timbre.Call, t timbre.Task) int {
	if t.Source != nil {
		return max(0, slices.IndexFunc(c.Legs, func(l timbre.Leg) bool { return l.StreamARN == t.Source.StreamARN }))
	}
	side := t.Side
	if t.Kind == timbre.VoiceTone {
		side = timbre.Caller
	}
	leg, _ := c.Leg(side)
	return leg
}

// summarise takes the match of the greatest confidence. The profile that was renewed last is the confirmed one: to renew a profile with
// the voice of a call says who called.
func summarise(tasks []timbre.Task, enrolments []timbre.Enrolment) *timbre.Summary {
	s := &timbre.Summary{}
	confidence := 0.0
	for _, t := range tasks {
		for _, m := range t.Matches {
			if m.Confidence > confidence {
				s.BestMatch, confidence = m.ProfileID, m.Confidence
			}
		}
	}
	for _, e := range enrolments {
		switch {
		case !slices.ContainsFunc(tasks, func(t timbre.Task) bool { return t.ID == e.TaskID }):
		case e.Renewed:
			s.Updated, s.Confirmed = append(s.Updated, e.ProfileRequest), e.ProfileID
		default:
			s.Created = append(s.Created, e.ProfileRequest)
		}
	}
	return s
}
