package feed

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"timbre"
)

// dialect reads the messages of one kind of sender, in their order. What comes of one is an opening, audio, a closing, or
// nil: nothing.
type dialect interface {
	name() string
	answers() bool // the sender understands what is told to it
	text(message []byte) (any, error)
	binary(message []byte) (any, error)
}

// opening is what a start message says of a call.
type opening struct {
	connector, call, from, to string
	details                   map[string]string // whatever else was said
	encoding                  string
	rate                      int
	tracks                    []track  // none: the first audio tells
	doubts                    []string // what had to be guessed
}

// track is the audio of one party.
type track struct {
	name string
	side timbre.Side
}

// audio is what one message holds of each track.
type audio []piece

// piece is audio of one track in a row. timed: the sender says when it is; else it follows what came before.
type piece struct {
	track
	at      time.Duration
	timed   bool
	payload []byte
}

// closing is the end of a call.
type closing struct{}

// detect finds the dialect of a connection by a text message. Nil without an error: the message belongs to several, and the
// next one tells.
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
		return &plain{}, nil
	case m.Event == "websocket:connected":
		return &vonage{}, nil
	case m.Event == "connected":
		return nil, nil
	case m.Event == "start" && m.StreamID != nil:
		return &telnyx{}, nil
	case m.Event == "start" && m.StreamSid != nil:
		return &twilio{}, nil
	}
	return nil, fmt.Errorf("the first message is not the start of a call in any dialect")
}

// decode reads a JSON object. Its errors are for the sender.
func decode(message []byte, into any) error {
	if err := json.Unmarshal(message, into); err != nil {
		return fmt.Errorf("a message is not the JSON object that it should be: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// unexpected is what a message in the wrong place is.
func unexpected(what string) error { return fmt.Errorf("%s is not expected here", what) }

// number is a whole number that some senders put into quotes.
type number int64

func (n *number) UnmarshalJSON(text []byte) error {
	var v int64
	if err := json.Unmarshal([]byte(strings.Trim(string(text), `"`)), &v); err != nil {
		return fmt.Errorf("%.40s is not a whole number", text)
	}
	*n = number(v)
	return nil
}

// milliseconds is a time stamp as a duration; none is later than half a year.
func (n number) milliseconds() time.Duration {
	return time.Duration(min(max(int64(n), 0), int64(180*24*time.Hour/time.Millisecond))) * time.Millisecond
}
