package feed

import (
	"encoding/base64"
	"errors"

	"timbre"
)

// mediaStream is the dialect that Twilio began and others have taken over: text messages only, a start message, and audio in base64, each
// piece with its track, number and time stamp. Only the start message differs from platform to platform.
type mediaStream struct {
	// start reads a start message, and with it which track is the caller's.
	start func(message []byte, sides *trackSides) (startMessage, error)
	begun bool
	sides trackSides
}

// mediaMessage is a piece of audio.
type mediaMessage struct {
	Track            string
	Chunk, Timestamp *number // its place in the track; milliseconds
	Payload          string  // base64
}

func (*mediaStream) binary([]byte) (any, error) { return nil, unexpected("a binary message") }

// text parses a message of an event. Other events, such as keys that are pressed and marks, are ignored.
func (s *mediaStream) text(message []byte) (any, error) {
	var m struct {
		Event string
		Media mediaMessage
	}
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	switch {
	case m.Event == "stop":
		return stopMessage{}, nil
	case m.Event == "media" && s.begun:
		return s.sides.audio(m.Media)
	case m.Event == "media", m.Event == "start" && s.begun:
		return nil, unexpected("a message of event " + m.Event)
	case m.Event != "start":
		return nil, nil
	}
	start, err := s.start(message, &s.sides)
	if err != nil {
		return nil, err
	}
	s.begun = true
	return start, nil
}

// audio is the piece of a message.
func (s trackSides) audio(m mediaMessage) (audio, error) {
	t, err := s.track(m.Track)
	if err != nil {
		return nil, err
	}
	payload, err := base64.StdEncoding.DecodeString(m.Payload)
	if err != nil {
		return nil, errors.New("the payload is not base64")
	}
	p := timbre.Piece{Payload: payload, Timed: m.Timestamp != nil, Numbered: m.Chunk != nil}
	if p.Timed {
		p.At = m.Timestamp.milliseconds()
	}
	if p.Numbered {
		p.Number = uint16(*m.Chunk)
	}
	return audio{{t, p}}, nil
}
