package connect

import (
	"strings"
	"testing"
)

const stream = "arn:aws:kinesisvideo:eu-west-2:111122223333:stream/calls-connect-shop-contact-1/1726677687000"

// contactEventJSON is a contact event as EventBridge sends it.
func contactEventJSON(kind, id, more string) string {
	return `{"version":"0","detail-type":"Amazon Connect Contact Event","source":"aws.connect","detail":{"eventType":"` + kind +
		`","contactId":"` + id + `","channel":"VOICE","initiationMethod":"INBOUND"` + more + `}}`
}

// withStream is the part of a contact event that says where the audio is.
const withStream = `,"recordings":[{"storageType":"S3","location":"bucket/a.wav"},` +
	`{"storageType":"KINESIS_VIDEO_STREAM","location":"` + stream + `","fragmentStartNumber":"91343852333181","mediaStreamType":"AUDIO"}]`

func TestEventsAreRead(t *testing.T) {
	carried := Contact{ID: "1", StreamARN: stream, Fragment: "91343852333181"}
	for name, c := range map[string]struct {
		message string
		want    Event
	}{
		"a contact with a stream":    {contactEventJSON("QUEUED", "1", withStream), Event{Contact: carried}},
		"a contact without one":      {contactEventJSON("INITIATED", "1", ""), Event{Contact: Contact{ID: "1"}}},
		"a recording in a bucket":    {contactEventJSON("QUEUED", "1", `,"recordings":[{"storageType":"S3","location":"bucket"}]`), Event{Contact: Contact{ID: "1"}}},
		"a place that is no stream":  {contactEventJSON("QUEUED", "1", `,"recordings":[{"storageType":"KINESIS_VIDEO_STREAM","location":"http://10.0.0.1"}]`), Event{Contact: Contact{ID: "1"}}},
		"the end of a contact":       {contactEventJSON("DISCONNECTED", "1", withStream), Event{carried, true}},
		"the end of all about it":    {contactEventJSON("COMPLETED", "1", ""), Event{Contact{ID: "1"}, true}},
		"an event of another future": {contactEventJSON("SUNG", "1", `,"more":{"a":[1]}`), Event{Contact: Contact{ID: "1"}}},
		"numbers": {
			contactEventJSON("QUEUED", "1", withStream+`,"customerEndpoint":{"address":"+1"},"systemEndpoint":{"address":"+2"}`),
			Event{Contact: Contact{ID: "1", StreamARN: stream, Fragment: "91343852333181", From: "+1", To: "+2"}},
		},
		"a flow": {
			`{"Name":"ContactFlowEvent","Details":{"ContactData":{"ContactId":"1","InitiationMethod":"OUTBOUND","CustomerEndpoint":{"Address":"+1","Type":"TELEPHONE_NUMBER"},` +
				`"SystemEndpoint":{"Address":"+2"},"MediaStreams":{"Customer":{"Audio":{"StartFragmentNumber":"91343852333181","StartTimestamp":"1","StreamARN":"` + stream + `"}}}},"Parameters":{}}}`,
			Event{Contact: Contact{ID: "1", StreamARN: stream, Fragment: "91343852333181", From: "+2", To: "+1", Outbound: true}},
		},
		"a flow without a stream": {`{"Details":{"ContactData":{"ContactId":"1","CustomerEndpoint":null,"MediaStreams":{"Customer":{"Audio":null}}}}}`, Event{Contact: Contact{ID: "1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseEvent([]byte(c.message))
			if err != nil || got != c.want {
				t.Errorf("got %+v and %v, want %+v", got, err, c.want)
			}
		})
	}
}

func TestMessagesThatAreNoEventsAreRefused(t *testing.T) {
	for name, message := range map[string]string{
		"no JSON": "hello", "another message": `{"Records":[]}`, "no contact": contactEventJSON("QUEUED", "", withStream),
		"a list": "[]", "a number": "1", "a long id": contactEventJSON("QUEUED", strings.Repeat("a", maxID+1), ""),
	} {
		t.Run(name, func(t *testing.T) {
			if e, err := ParseEvent([]byte(message)); err == nil {
				t.Errorf("got %+v, want an error", e)
			}
		})
	}
}

// FuzzParseEvent reads any message: what is read has an id, and a stream that is one.
func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(contactEventJSON("QUEUED", "1", withStream)))
	f.Add([]byte(`{"Details":{"ContactData":{"ContactId":"1","MediaStreams":{"Customer":{"Audio":{"StreamARN":"arn:a:kinesisvideo:"}}}}}}`))
	f.Fuzz(func(t *testing.T, message []byte) {
		e, err := ParseEvent(message)
		if err == nil && (e.Contact.ID == "" || e.Contact.StreamARN != "" && !strings.HasPrefix(e.Contact.StreamARN, "arn:")) {
			t.Errorf("got %+v", e)
		}
	})
}
