package feed

import (
	"encoding/json"
	"fmt"
	"strings"

	"timbre"
)

// dialect parses the messages of one kind of sender, in order. The result is a startMessage, audio, a reply, a stopMessage, or nil for a
// message that is ignored. Errors end the feed.
type dialect interface {
	text(message []byte) (any, error)
	binary(message []byte) (any, error)
}

// speaker words what a sender is told. Each method returns a message that is sent as JSON; nil: none. They are called in the order in which
// the messages are sent, also while the dialect parses one. Senders whose dialect is no speaker read nothing.
type speaker interface {
	started(begun) any
	stopped() any // the response to a stopMessage
	failed(*failure) any
}

// parter is a speaker whose senders are sent a failure, and then end the feed themselves.
type parter interface {
	// parts reports whether a message after the failure does that.
	parts(message []byte) bool
}

// kind is a dialect by its name, and how its first text message is known.
type kind struct {
	name        string // label of metrics
	knows       func(first) bool
	open        func() dialect
	subprotocol string  // that its senders ask for; empty: none
	signer      *signer // of their requests; nil: they sign none, or as any other program may
}

// kinds are all dialects; each has a file of its own.
var kinds = []kind{nativeKind, audioHookKind, vonageKind, jambonzKind, bandwidthKind, telnyxKind, exotelKind, plivoKind, twilioKind}

// subprotocols are those that senders may ask for (RFC 6455, 1.9).
func subprotocols() (all []string) {
	for _, k := range kinds {
		if k.subprotocol != "" {
			all = append(all, k.subprotocol)
		}
	}
	return all
}

// first is a first message, by the names of its members.
type first map[string]json.RawMessage

func (m first) has(name string) bool { return m[name] != nil }

// is reports whether a member is a text.
func (m first) is(name, text string) bool {
	var value string
	return json.Unmarshal(m[name], &value) == nil && value == text
}

// inside is a member that is an object; nil: it is none.
func (m first) inside(name string) (object first) {
	_ = json.Unmarshal(m[name], &object)
	return object
}

// detect finds the dialect of a text message. It is nil without an error for a message that several dialects have: the
// next message is needed.
func detect(message []byte) (*kind, error) {
	var m first
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	for i := range kinds {
		if kinds[i].knows(m) {
			return &kinds[i], nil
		}
	}
	if m.is("event", "connected") {
		return nil, nil
	}
	return nil, fmt.Errorf("the first message is not a start message of any dialect")
}

// startMessage is what a sender says of a call.
type startMessage struct {
	connectorID, callID, from, to string
	metadata                      map[string]string
	codec                         timbre.Codec
	tracks                        []track  // empty: known from the first audio
	warnings                      []string // what had to be guessed

	request map[string]string // headers that the request must have with these values, if it has them
	probe   bool              // the sender wants to know whether its calls would be taken: this is none
}

// stopMessage ends the call.
type stopMessage struct {
	failure string // of the sender; empty: a party hung up
}

// reply words what a sender is told at once: the response to a message that neither starts nor ends a call.
type reply func() any

// begun is a call as reported to its sender.
type begun struct {
	transactionID, connectorID string
	legs                       []timbre.Leg
}

// decode parses a JSON object.
func decode(message []byte, into any) error {
	if err := json.Unmarshal(message, into); err != nil {
		return fmt.Errorf("the message is not the JSON object that is expected: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// unexpected is the error for a message that is out of order.
func unexpected(what string) error { return fmt.Errorf("%s is not expected here", what) }
