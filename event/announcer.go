// Package event puts what is told to the outside into the words of the wire. In come timbre.Events; out go
// timbre.Notices: the exact JSON of an Amazon Chime SDK event, once for each target that is to have it. Who that is, the
// connector's streaming configuration and call analytics configuration say; they are looked up for each event, so that a
// Put takes effect at once. It neither stores nor sends anything: the notices go into the outbox, and how a sink wraps a
// payload is the sink's affair.
package event

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"timbre"
)

// Routes are the configurations that decide which targets an event has.
type Routes interface {
	timbre.StreamingReader
	timbre.ConfigurationReader
}

// Config of an Announcer.
type Config struct {
	Account, Region string
	Streaming       map[string]string // where streaming status events go: EventBridge, SQS or SNS → ARN or URL
	Log             *slog.Logger
	Now             func() time.Time // time.Now if nil
}

// Announcer makes notices. It is safe for use by many goroutines.
type Announcer struct {
	Config
	routes Routes
}

// New makes an Announcer.
func New(c Config, r Routes) *Announcer {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Announcer{c, r}
}

// Notices puts events into words, in their order: for each of them one notice a target, all with the event's ID and the
// same payload. An event that nobody is to be told of gives none. Errors are those of Routes, other than NotFound.
func (a *Announcer) Notices(ctx context.Context, events ...timbre.Event) ([]timbre.Notice, error) {
	var notices []timbre.Notice
	for _, e := range events {
		targets, err := a.targets(ctx, e)
		if err != nil {
			return nil, err
		}
		if len(targets) == 0 {
			continue
		}
		payload, err := a.payload(e)
		if err != nil {
			return nil, timbre.Errorf(timbre.Internal, "event.Notices", "%s: %w", e.Status, err)
		}
		for _, target := range targets {
			notices = append(notices, timbre.Notice{ID: e.ID, Key: key(e), Target: target, Payload: payload, Created: a.Now()})
		}
	}
	return notices, nil
}

// key is what an event must keep its order within.
func key(e timbre.Event) string {
	if e.TaskID != "" {
		return e.TaskID
	}
	if e.Pipeline != nil {
		return e.Pipeline.ID
	}
	return e.Call.TransactionID
}

// envelope is what all events have in common.
type envelope struct {
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

// The two forms of a time on the wire. Both always have their fraction, which some readers insist on.
const (
	micros = "2006-01-02T15:04:05.000000Z"
	millis = "2006-01-02T15:04:05.000Z"
)

func (a *Announcer) payload(e timbre.Event) ([]byte, error) {
	out := envelope{
		Version: "0", ID: e.ID, DetailType: string(e.Type), Source: "aws.chime",
		Account: a.Account, Time: e.Time.UTC().Format(micros), Region: a.Region, Resources: []string{},
	}
	switch e.Type {
	case timbre.VoiceAnalyticsStatus:
		out.Detail = ready(e)
	case timbre.SpeakerSearchStatus:
		out.ServiceType, out.Detail = "VoiceAnalytics", speakerSearch(e)
	case timbre.VoiceToneStatus:
		out.ServiceType, out.Detail, out.Resources = "VoiceAnalytics", voiceTone(e), nil
	case timbre.StreamingStatus:
		out.Detail = streaming(e)
	case timbre.PipelineState:
		out.Detail = change(e)
	default:
		return nil, timbre.Errorf(timbre.Internal, "", "an event of type %q has no words", e.Type)
	}
	if e.Source != nil {
		out.Detail = onPipeline(e)
	}
	var b bytes.Buffer
	j := json.NewEncoder(&b)
	j.SetEscapeHTML(false) // the recording metadata is XML, and nobody puts this into a web page
	if err := j.Encode(out); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
