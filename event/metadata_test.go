package event_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"timbre"
)

// Metadata goes to data streams alone.
func TestMetadataOfACall(t *testing.T) {
	const stream = "arn:aws:kinesis:us-east-1:111122223333:stream/insights"
	updated, unreadable := call, call
	updated.Headers = map[string]string{"call-id": call.CallID, "cseq": "2 UPDATE"}
	updated.Metadata = `<?xml version="1.0"?><recording xmlns="urn:ietf:params:xml:ns:recording:1"><participant participant_id="p1"><nameID aor="sip:+12065550100@example.com"><name>A &amp; B</name></nameID></participant></recording>`
	unreadable.Headers, unreadable.Metadata = nil, "<recording"
	for name, e := range map[string]timbre.Event{
		"metadata":            {Call: call},
		"metadata_update":     {Call: updated, Status: timbre.CallMetadataUpdate},
		"metadata_unreadable": {Call: unreadable},
	} {
		t.Run(name, func(t *testing.T) {
			e.ID, e.Type, e.Time, e.Pipeline = "6f0c0000-0000-4000-8000-000000000003", timbre.CallMetadata, at, insights
			a := announcer(linked(timbre.Element{Type: "SqsQueueSink", Target: queue}, timbre.Element{Type: "KinesisDataStreamSink", Target: stream}))
			notices, err := a.Notices(t.Context(), e)
			must(t, err)
			if len(notices) != 1 || notices[0].Target != stream || notices[0].Key != insights.ID {
				t.Fatalf("got notices %+v, want one for the stream", notices)
			}
			wantGolden(t, name, notices[0].Payload)
		})
	}
}

// What a consumer of the stream does: it parses strings within strings.
func TestMetadataIsJSONInJSON(t *testing.T) {
	b, err := os.ReadFile("testdata/metadata_update.json")
	must(t, err)
	var record map[string]any
	must(t, json.NewDecoder(bytes.NewReader(b)).Decode(&record))
	inner := func(object map[string]any, field string) (v map[string]any) {
		t.Helper()
		must(t, json.Unmarshal([]byte(object[field].(string)), &v))
		return v
	}
	metadata := inner(record, "metadata")
	once := inner(metadata, "oneTimeMetadata")
	headers, recording := inner(once, "sipHeaders"), inner(once, "siprecMetadataJson")
	if metadata["callId"] != call.CallID || headers["cseq"] != "2 UPDATE" || recording["recording"] == nil || record["callevent-type"] != "Update" {
		t.Errorf("got record %v", record)
	}
}
