package connect

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"timbre"
)

// Contact is a call of Amazon Connect.
type Contact struct {
	ID        string
	StreamARN string // of its audio
	Fragment  string // the number of the fragment that its audio begins with; empty: what is added from now on
	From, To  string // numbers
	Outbound  bool   // the customer was called
}

// tags say what is known of the contact, in the Matroska stream of its call. Connect itself says it at the end of each fragment.
func (c Contact) tags() ([]byte, error) {
	caller := "AUDIO_FROM_CUSTOMER"
	if c.Outbound {
		caller = "AUDIO_TO_CUSTOMER"
	}
	all := []simpleTag{{"ContactId", c.ID}, {"Caller", caller}}
	for _, t := range []simpleTag{{"From", c.From}, {"To", c.To}, {"StreamARN", c.StreamARN}} {
		if t.TagString != "" {
			all = append(all, t)
		}
	}
	var text bytes.Buffer
	err := marshalTags(&text, all)
	return text.Bytes(), err
}

// Event is what a message says of a contact. One whose contact has no stream says nothing new.
type Event struct {
	Contact Contact
	Ended   bool
}

// endpoint is a party of a contact.
type endpoint struct{ Address string }

// ParseEvent reads a message: a contact event of Connect, as EventBridge sends it, or the event that a flow of Connect gives to a Lambda
// function.
//
// https://docs.aws.amazon.com/connect/latest/adminguide/contact-events.html
func ParseEvent(text []byte) (Event, error) {
	var m struct {
		Detail  *contactEvent
		Details *struct{ ContactData flowEvent }
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return Event{}, timbre.Errorf(timbre.Invalid, "", "the message is not the JSON object that is expected: %w", err)
	}
	e := Event{}
	switch {
	case m.Detail != nil:
		e = m.Detail.event()
	case m.Details != nil:
		e = Event{Contact: m.Details.ContactData.contact()}
	}
	if e.Contact.ID == "" || len(e.Contact.ID) > maxID {
		return Event{}, timbre.Errorf(timbre.Invalid, "", "the message is neither a contact event nor the event of a flow")
	}
	if !strings.HasPrefix(e.Contact.StreamARN, "arn:") || !strings.Contains(e.Contact.StreamARN, ":kinesisvideo:") {
		e.Contact.StreamARN, e.Contact.Fragment = "", ""
	}
	return e, nil
}

// maxID is the longest id of a contact.
const maxID = 256

// contactEvent is the detail of a contact event.
type contactEvent struct {
	EventType, ContactID, InitiationMethod string
	CustomerEndpoint, SystemEndpoint       endpoint
	Recordings                             []struct{ StorageType, Location, FragmentStartNumber string }
}

func (d *contactEvent) event() Event {
	e := Event{Contact: contactOf(d.ContactID, d.InitiationMethod, d.CustomerEndpoint, d.SystemEndpoint)}
	e.Ended = d.EventType == "DISCONNECTED" || d.EventType == "COMPLETED"
	for _, r := range d.Recordings {
		if r.StorageType == "KINESIS_VIDEO_STREAM" {
			e.Contact.StreamARN, e.Contact.Fragment = r.Location, r.FragmentStartNumber
		}
	}
	return e
}

// flowEvent is what a flow says of its contact.
type flowEvent struct {
	ContactID, InitiationMethod      string
	CustomerEndpoint, SystemEndpoint *endpoint
	MediaStreams                     struct {
		Customer struct {
			Audio *struct{ StreamARN, StartFragmentNumber string }
		}
	}
}

func (d flowEvent) contact() Contact {
	c := contactOf(d.ContactID, d.InitiationMethod, *cmp.Or(d.CustomerEndpoint, &endpoint{}), *cmp.Or(d.SystemEndpoint, &endpoint{}))
	if a := d.MediaStreams.Customer.Audio; a != nil {
		c.StreamARN, c.Fragment = a.StreamARN, a.StartFragmentNumber
	}
	return c
}

// outbound are the ways in which contacts begin whose customer is called.
var outbound = map[string]bool{"OUTBOUND": true, "CALLBACK": true, "API": true}

func contactOf(id, method string, customer, system endpoint) Contact {
	c := Contact{ID: id, From: customer.Address, To: system.Address, Outbound: outbound[method]}
	if c.Outbound {
		c.From, c.To = c.To, c.From
	}
	return c
}
