package feed

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"timbre"
)

// dialect parses the messages of one kind of sender, in order. The result is a startMessage, audio, a stopMessage, or nil for
// a message that is ignored. Errors are sent to the sender.
type dialect interface {
	name() string
	readsMessages() bool // the sender reads the messages that it is sent
	text(message []byte) (any, error)
	binary(message []byte) (any, error)
}

// startMessage is what a sender says of a call.
type startMessage struct {
	connectorID, callID, from, to string
	metadata                      map[string]string
	encoding                      timbre.Encoding
	rate                          int      // in Hz
	tracks                        []track  // empty: known from the first audio
	warnings                      []string // what had to be guessed
}

// track is the audio of one party.
type track struct {
	name string
	side timbre.Side
}

// audio is the content of one message.
type audio []piece

// piece is contiguous audio of one track. Without a time stamp it follows the previous piece.
type piece struct {
	track
	at      time.Duration // the time stamp
	timed   bool          // it has one
	payload []byte
}

// stopMessage ends the call.
type stopMessage struct{}

// detect finds the dialect of a text message. It is nil without an error for a message that several dialects have: the
// next message is needed.
func detect(message []byte) (dialect, error) {
	var m struct {
		Type, Event string
		StreamSid   json.RawMessage `json:"streamSid"`
		StreamID    json.RawMessage `json:"stream_id"`
	}
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	switch {
	case m.Type == "start":
		return &native{}, nil
	case m.Event == "websocket:connected":
		return &vonage{}, nil
	case m.Event == "connected":
		return nil, nil
	case m.Event == "start" && m.StreamID != nil:
		return &telnyx{}, nil
	case m.Event == "start" && m.StreamSid != nil:
		return &twilio{}, nil
	}
	return nil, fmt.Errorf("the first message is not a start message of any dialect")
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

// number is an integer that some senders write as a string.
type number int64

func (n *number) UnmarshalJSON(text []byte) error {
	var v int64
	if err := json.Unmarshal([]byte(strings.Trim(string(text), `"`)), &v); err != nil {
		return fmt.Errorf("%.40s is not an integer", text)
	}
	*n = number(v)
	return nil
}

// milliseconds is a time stamp, from 0 to half a year.
func (n number) milliseconds() time.Duration {
	return time.Duration(min(max(int64(n), 0), int64(180*24*time.Hour/time.Millisecond))) * time.Millisecond
}
