package event

import (
	"time"

	"timbre"
)

// document is the outer object of the events.
type document struct {
	Version     string   `json:"version"`
	ID          string   `json:"id"`
	DetailType  string   `json:"detail-type"`
	ServiceType string   `json:"service-type,omitempty"`
	Source      string   `json:"source"`
	Account     string   `json:"account"`
	Time        string   `json:"time"`
	Region      string   `json:"region"`
	Resources   []string `json:"resources,omitzero"`
	Detail      any      `json:"detail"`
}

// The formats of times. Clients parse each with a format of their own, so a fraction is either always there or never.
const (
	seconds = "2006-01-02T15:04:05Z"
	millis  = "2006-01-02T15:04:05.000Z"
	micros  = "2006-01-02T15:04:05.000000Z"
)

func formatMillis(t time.Time) string { return t.UTC().Format(millis) }

// envelope is what differs between the outer objects of the kinds of events.
type envelope struct {
	service   string
	prefix    string // of the id, before its UUID
	time      string
	resources []string
}

// envelopeOf returns the envelope of an event as the documentation of its kind shows it. EventBridge's own is that of
// streaming and pipeline events; AnalyticsReady and tone events have another one, which clients in the field rely on.
func envelopeOf(e timbre.Event) envelope {
	switch {
	case e.Type == timbre.VoiceToneStatus:
		return envelope{"VoiceAnalytics", "Id-", micros, nil}
	case e.Status == timbre.AnalyticsReady:
		return envelope{"", "Id-", micros, []string{}}
	case e.Type == timbre.SpeakerSearchStatus || e.Type == timbre.VoiceAnalyticsStatus:
		return envelope{"VoiceAnalytics", "", seconds, []string{}}
	}
	return envelope{"", "", seconds, []string{}}
}

func (a *Announcer) enclose(e timbre.Event, detail any) document {
	is := envelopeOf(e)
	return document{
		Version: "0", ID: is.prefix + e.ID, DetailType: string(e.Type), ServiceType: is.service, Source: "aws.chime",
		Account: a.env.Account, Time: e.Time.UTC().Format(is.time), Region: a.env.Region, Resources: is.resources, Detail: detail,
	}
}
