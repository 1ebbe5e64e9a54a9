package storetest

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"timbre"
)

// The samples have every field set, so that a lost field shows.

func connector(id string) timbre.Connector {
	return timbre.Connector{
		ID: id, ARN: "arn:aws:chime:us-east-1:000000000000:vc/" + id, Name: "Front desk " + id, Region: "us-east-1",
		OutboundHost: id + ".voiceconnector.chime.aws", RequireEncryption: true,
		IntegrationType: "CONNECT_CALL_TRANSFER_CONNECTOR", NetworkType: "IPV4_ONLY",
		Tags: map[string]string{"team": "support", "Ünïcode": "☎ <&>"}, Created: dawn(), Updated: dawn().Add(time.Microsecond),
	}
}

func streaming(configurationARN string) timbre.Streaming {
	return timbre.Streaming{
		RetentionHours: 24, Disabled: true, Targets: []string{"EventBridge", "SQS"},
		Insights: &timbre.InsightsLink{Disabled: true, ConfigurationARN: configurationARN},
	}
}

func termination() timbre.Termination {
	return timbre.Termination{
		Disabled: true, CIDRs: []string{"127.0.0.0/8", "2001:db8::/32"}, CPSLimit: 3,
		CallingRegions: []string{"US"}, DefaultPhoneNumber: "+12065550100",
	}
}

func configuration(id string) timbre.Configuration {
	return timbre.Configuration{
		ID: id, ARN: "arn:aws:chime:us-east-1:000000000000:media-insights-pipeline-configuration/name-" + id, Name: "name-" + id,
		RoleARN: "arn:aws:iam::000000000000:role/insights",
		Elements: []timbre.Element{
			{Type: "VoiceAnalyticsProcessor", Document: json.RawMessage(`{"Type":"VoiceAnalyticsProcessor"}`)},
			{Type: "SqsQueueSink", Target: "arn:aws:sqs:us-east-1:000000000000:results", Document: json.RawMessage(`{"Type":"SqsQueueSink"}`)},
		},
		Alerts: json.RawMessage(`{"Disabled":false}`), Tags: map[string]string{"a": "b"}, Token: "token-" + id,
		Created: dawn(), Updated: dawn().Add(time.Hour),
	}
}

func domain(id string) timbre.Domain {
	return timbre.Domain{
		ID: id, ARN: "arn:aws:chime:us-east-1:000000000000:voice-profile-domain/" + id, Name: "Callers", Description: "all of them",
		KMSKeyARN: "arn:aws:kms:us-east-1:000000000000:key/1", Tags: map[string]string{"timbre:threshold": "0.95"},
		Token: "token-" + id, Fingerprint: "print-" + id, Created: dawn(), Updated: dawn().Add(time.Second),
	}
}

// voiceprint returns the voiceprint of a numbered voice. No value of its embedding has a short decimal form.
func voiceprint(voice int) timbre.Voiceprint {
	e := make(timbre.Embedding, 256)
	for i := range e {
		e[i] = float32(math.Sin(float64(voice*1000+i)+0.5) / 16)
	}
	return timbre.Voiceprint{Embedding: e, Net: 20*time.Second + 160*time.Millisecond, Model: "model-1", Condition: timbre.Condition{Level: -24, SNR: 21.5}}
}

func profile(id, domainID string, voice int) timbre.Profile {
	return timbre.Profile{
		ID: id, ARN: "arn:aws:chime:us-east-1:000000000000:voice-profile/" + id, DomainID: domainID, Voiceprint: voiceprint(voice),
		Tasks:   []string{fmt.Sprint("task of ", id)},
		Created: dawn(), Updated: dawn().Add(time.Second), Expires: dawn().Add(timbre.ProfileLife),
	}
}

// unheard returns a profile as it is returned without its embedding.
func unheard(p timbre.Profile) timbre.Profile {
	p.Voiceprint.Embedding = nil
	return p
}

// search returns a speaker search that has just been started on its own call.
func search(id, domainID string) timbre.Task {
	return timbre.Task{
		ID: id, Kind: timbre.SpeakerSearch, ConnectorID: "connector", TransactionID: "call of " + id, DomainID: domainID,
		Side: timbre.Callee, Status: timbre.InQueue, Active: true, Message: "waiting", Token: "token-" + id, Fingerprint: "print-" + id,
		Created: dawn(), Updated: dawn().Add(time.Second), Started: dawn().Add(2 * time.Second),
	}
}

// heard returns the same search when it has ended with a voiceprint.
func heard(t timbre.Task, voice int) timbre.Task {
	v := voiceprint(voice)
	t.Status, t.Active, t.Message = timbre.Succeeded, false, ""
	t.Identified, t.Matches = true, []timbre.Match{{ProfileID: "p1", Confidence: 0.987654321}, {ProfileID: "p2", Confidence: 0.9}}
	t.VoiceprintStatus, t.Voiceprint, t.VoiceprintMade = timbre.VoiceprintGenerationSuccess, &v, t.Created.Add(40*time.Second)
	t.Updated, t.Ended = t.VoiceprintMade, t.VoiceprintMade.Add(time.Minute)
	return t
}

func tone(id, transactionID string) timbre.Task {
	return timbre.Task{
		ID: id, Kind: timbre.VoiceTone, ConnectorID: "connector", TransactionID: transactionID,
		Status: timbre.InProgress, Active: true, Token: "token-" + id, Created: dawn(),
	}
}

func call(transactionID string) timbre.Call {
	return timbre.Call{
		TransactionID: transactionID, ConnectorID: "connector", CallID: "a84b4c76e66710@pbx", Direction: "Outbound", Bridged: true,
		From: "+12065550100", To: "+12065550111", Headers: map[string]string{"x-id": "1, 2", "user-agent": "SBC <1>"},
		Metadata: "<?xml version=\"1.0\"?>\n<recording/>", Group: "group 1", Warnings: []string{"m-line 1: unknown party"},
		Legs: []timbre.Leg{
			{Side: timbre.Caller, Index: 0, Label: "1", Party: "sip:alice@example.com", StreamARN: "arn:aws:kinesisvideo:us-east-1:0:stream/a/1"},
			{Side: timbre.Callee, Index: 1, Label: "2", Party: "sip:bob@example.com", StreamARN: "arn:aws:kinesisvideo:us-east-1:0:stream/b/2"},
		},
		Started: dawn(), Ended: dawn().Add(3 * time.Minute), Failure: "no media",
	}
}

func notice(id, key, target string) timbre.Notice {
	return timbre.Notice{ID: id, Key: key, Target: target, Role: "arn:aws:iam::1:role/r", Payload: fmt.Appendf(nil, `{"id":%q,"text":"<é>"}`, id), Created: dawn(), Call: "call of " + id}
}
