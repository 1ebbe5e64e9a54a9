package event_test

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
)

const (
	connector = "abcdef1ghij2klmno3pqr4"
	hook      = "arn:timbre:webhook:us-east-1:111122223333:crm"
	queue     = "arn:aws:sqs:us-east-1:111122223333:voice"
	config    = "arn:aws:chime:us-east-1:111122223333:media-insights-pipeline-configuration/va"
)

var (
	at   = time.Date(2026, 1, 2, 3, 4, 45, 563441000, time.UTC)
	call = timbre.Call{
		TransactionID: "daaeb6bf-0000-4000-8000-000000000001", ConnectorID: connector, CallID: "a84b4c76e66710@pbx",
		Direction: "Outbound", From: "+12065550100", To: "+12065550101",
		Headers:  map[string]string{"from": "<sip:+12065550100@pbx>", "call-id": "a84b4c76e66710@pbx", "cseq": "1 INVITE"},
		Metadata: `<?xml version="1.0"?><recording xmlns="urn:ietf:params:xml:ns:recording:1"/>`,
		Legs: []timbre.Leg{
			{Side: timbre.Caller, Index: 0, Label: "1", StreamARN: "arn:aws:kinesisvideo:us-east-1:111122223333:stream/ChimeVoiceConnector-abcdef1ghij2klmno3pqr4-1/1767323025563"},
			{Side: timbre.Callee, Index: 1, Label: "2", StreamARN: "arn:aws:kinesisvideo:us-east-1:111122223333:stream/ChimeVoiceConnector-abcdef1ghij2klmno3pqr4-2/1767323025563"},
		},
		Started: at.Add(-time.Minute),
	}
	mixed   = timbre.Call{TransactionID: call.TransactionID, ConnectorID: connector, CallID: call.CallID, Legs: []timbre.Leg{{Label: "9"}}, Started: call.Started}
	current = &timbre.ToneSpan{Start: at.Add(-30 * time.Second), End: at, Tone: timbre.Tone{Neutral: 0.83, Positive: 0.13, Negative: 0.04}}
	overall = &timbre.ToneSpan{Start: at.Truncate(time.Minute), End: at, Tone: timbre.Tone{Neutral: 0.25, Positive: 0.65, Negative: 0.1}}
)

// summary has two requests that created a profile and two that renewed one.
var summary = &timbre.Summary{
	BestMatch: "vp-505e0992-82da-49eb-9d4a-4b34772b96b6", Confirmed: "vp-fba9cbfa-4b8d-4f10-9e41-9dfdd66545ab",
	Created: []timbre.ProfileRequest{{ProfileID: "vp-0c7e8a52-0000-4000-8000-000000000004", Time: at.Add(-20 * time.Second)}, {ProfileID: "vp-1c7e8a52-0000-4000-8000-000000000005", Time: at.Add(-15 * time.Second)}},
	Updated: []timbre.ProfileRequest{{ProfileID: "vp-505e0992-82da-49eb-9d4a-4b34772b96b6", Time: at.Add(-10 * time.Second)}, {ProfileID: "vp-fba9cbfa-4b8d-4f10-9e41-9dfdd66545ab", Time: at}},
}

func TestPayloads(t *testing.T) {
	task := func(kind timbre.EventType, status string) timbre.Event {
		return timbre.Event{Type: kind, Status: status, Time: at, Call: call, TaskID: "3f0a1f0e-0000-4000-8000-000000000002"}
	}
	with := func(e timbre.Event, change func(*timbre.Event)) timbre.Event { change(&e); return e }
	ended := call
	ended.Ended = at.Add(-time.Millisecond)
	late := call
	late.Legs = []timbre.Leg{{Side: timbre.Callee, Index: 1, StreamARN: strings.Replace(call.Legs[1].StreamARN, "1767323025563", "1767323055563", 1)}}
	billed := timbre.Call{ConnectorID: connector, CallID: call.CallID, From: call.From, To: "+88213000000"}
	swapped := call
	swapped.Legs = []timbre.Leg{{StreamARN: "a third/2"}, call.Legs[1], call.Legs[0]}
	for name, e := range map[string]timbre.Event{
		"ready":       {Type: timbre.VoiceAnalyticsStatus, Status: timbre.AnalyticsReady, Time: at, Call: call, Leg: 1},
		"ready_mixed": {Type: timbre.VoiceAnalyticsStatus, Status: timbre.AnalyticsReady, Time: at, Call: mixed},
		"identified": with(task(timbre.SpeakerSearchStatus, timbre.IdentificationSuccessful), func(e *timbre.Event) {
			e.Leg = 1
			e.Matches = []timbre.Match{{ProfileID: "vp-505e0992-82da-49eb-9d4a-4b34772b96b6", Confidence: 0.94567856}, {ProfileID: "vp-fba9cbfa-4b8d-4f10-9e41-9dfdd66545ab", Confidence: 0.8278335}}
		}),
		"no_match": task(timbre.SpeakerSearchStatus, timbre.IdentificationNoMatches),
		"identification_failed": with(task(timbre.SpeakerSearchStatus, timbre.IdentificationFailure), func(e *timbre.Event) {
			e.StatusMessage = "under 10 s of talk"
			e.Call = mixed
		}),
		"voiceprint":        task(timbre.SpeakerSearchStatus, timbre.VoiceprintGenerationSuccess),
		"voiceprint_failed": with(task(timbre.SpeakerSearchStatus, timbre.VoiceprintGenerationFailure), func(e *timbre.Event) { e.StatusMessage = "under 20 s of talk" }),
		"tone":              with(task(timbre.VoiceToneStatus, timbre.ToneSuccessful), func(e *timbre.Event) { e.Current, e.Overall = current, overall }),
		"tone_mixed": with(task(timbre.VoiceToneStatus, timbre.ToneSuccessful), func(e *timbre.Event) {
			e.Current, e.Overall, e.Call = current, overall, mixed
		}),
		"tone_completed": with(task(timbre.VoiceToneStatus, timbre.ToneCompleted), func(e *timbre.Event) {
			e.Current, e.Overall, e.Leg, e.Time = current, overall, 1, at.Truncate(time.Second)
		}),
		"tone_failed": with(task(timbre.VoiceToneStatus, timbre.ToneFailure), func(e *timbre.Event) { e.StatusMessage = "no talk for 10 s" }),
		"post_call": {
			Type: timbre.VoiceAnalyticsStatus, Status: timbre.PostCallVoiceAnalytics, Time: at, Call: ended, Leg: 0, Summary: summary,
		},
		"post_call_tone":    {Type: timbre.VoiceAnalyticsStatus, Status: timbre.PostCallVoiceAnalytics, Time: at, Call: ended, Leg: 0, Summary: &timbre.Summary{}},
		"post_call_mixed":   {Type: timbre.VoiceAnalyticsStatus, Status: timbre.PostCallVoiceAnalytics, Time: at, Call: mixed, Summary: summary},
		"streaming_started": {Type: timbre.StreamingStatus, Status: timbre.StreamingStarted, Time: at, Call: call},
		"streaming_all":     {Type: timbre.StreamingStatus, Status: timbre.StreamingAllStarted, Time: at, Call: swapped},
		"streaming_late":    {Type: timbre.StreamingStatus, Status: timbre.StreamingStarted, Time: at, Call: late},
		"streaming_mixed":   {Type: timbre.StreamingStatus, Status: timbre.StreamingStarted, Time: at, Call: mixed},
		"streaming_ended":   {Type: timbre.StreamingStatus, Status: timbre.StreamingEnded, Time: at, Call: ended, Leg: 1},
		"streaming_updated": {Type: timbre.StreamingStatus, Status: timbre.StreamingUpdated, Time: at, Call: call},
		"toll": {
			Type: timbre.TollGuardStatus, Status: timbre.TollGuardTripped, Time: at, Call: billed, StatusMessage: "the number is in none of the connector's calling regions",
			Toll: &timbre.TollTrip{Reason: timbre.TollRegion, Username: "desk-17", Source: netip.MustParseAddr("192.0.2.7"), Calls: 42},
		},
		"toll_by_address": {
			Type: timbre.TollGuardStatus, Status: timbre.TollGuardTripped, Time: at, Call: billed, StatusMessage: "the source is allowed by a network that is too wide to put calls through",
			Toll: &timbre.TollTrip{Reason: timbre.TollOpen, Calls: 1},
		},
		"streaming_failed": {Type: timbre.StreamingStatus, Status: timbre.StreamingFailed, Time: at, Call: call, StatusMessage: "the server stopped"},
	} {
		t.Run(name, func(t *testing.T) {
			e.ID = "6f0c0000-0000-4000-8000-000000000003"
			notices, err := announcer(linked(timbre.Element{Type: "SqsQueueSink", Target: queue})).Notices(t.Context(), e)
			if err != nil || len(notices) != 1 {
				t.Fatalf("got %d notices, %v; want 1", len(notices), err)
			}
			n := notices[0]
			if !strings.HasSuffix(n.ID, e.ID) || !bytes.Contains(n.Payload, []byte(`"id":"`+n.ID+`"`)) || !n.Created.Equal(at) || n.Key != key(e) {
				t.Errorf("got notice %+v", n)
			}
			wantGolden(t, name, n.Payload)
		})
	}
}

func TestNoticesKeepTheOrderOfEvents(t *testing.T) {
	a := announcer(linked(timbre.Element{Type: "SqsQueueSink", Target: queue}, timbre.Element{Type: "SqsQueueSink", Target: hook}))
	var events []timbre.Event
	for _, id := range []string{"1", "2", "3"} {
		events = append(events, timbre.Event{ID: id, Type: timbre.SpeakerSearchStatus, Call: call})
	}
	notices, err := a.Notices(t.Context(), events...)
	must(t, err)
	var got []string
	for _, n := range notices {
		got = append(got, n.ID)
	}
	if want := []string{"1", "1", "2", "2", "3", "3"}; !slices.Equal(got, want) {
		t.Errorf("got notices %v, want %v", got, want)
	}
}

func TestStoreErrorIsReturned(t *testing.T) {
	a := announcer(&routes{err: timbre.Errorf(timbre.Internal, "store", "disk full")})
	if n, err := a.Notices(t.Context(), timbre.Event{Type: timbre.StreamingStatus}); err == nil || n != nil {
		t.Errorf("got %v, %v; want the error", n, err)
	}
}

func TestUnknownTypeIsAnError(t *testing.T) {
	if _, err := announcer(linked(timbre.Element{Type: "SqsQueueSink", Target: queue})).Notices(t.Context(), timbre.Event{Type: "Weather", Call: call}); timbre.KindOf(err) != timbre.Internal || err == nil {
		t.Error(err)
	}
}
