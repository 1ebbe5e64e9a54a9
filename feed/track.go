package feed

import (
	"encoding/base64"
	"fmt"
	"strings"

	"timbre"
)

// mediaMessage is a piece of audio as Twilio and Telnyx send it.
type mediaMessage struct {
	Track     string
	Timestamp *number // milliseconds
	Payload   string  // base64
}

// mediaStream is what the streams of Twilio and Telnyx have in common: the order of their events, and their tracks.
type mediaStream struct {
	started bool
	sides   trackSides
}

// event parses a message of an event; start reads a start message. Other events, such as DTMF and marks, are ignored.
func (s *mediaStream) event(event string, media mediaMessage, start func() (startMessage, error)) (any, error) {
	switch {
	case event == "stop":
		return stopMessage{}, nil
	case event == "media" && s.started:
		return s.sides.audio(media)
	case event == "media", event == "start" && s.started:
		return nil, unexpected("a message of event " + event)
	case event != "start":
		return nil, nil
	}
	m, err := start()
	if err != nil {
		return nil, err
	}
	s.started = true
	return m, nil
}

// trackSides maps the tracks inbound and outbound to parties. Inbound is the audio of the party whose call was
// connected to the stream: the caller, unless the platform made that call.
type trackSides struct{ inboundIsCallee bool }

// guessedCaller is the warning about a stream that does not say which track is the caller's.
const guessedCaller = "no parameter caller: the track inbound is taken for the caller's"

// readParameters finds which track is the caller's among the custom parameters of a stream, and applies the others to the
// start message.
func (s *trackSides) readParameters(m *startMessage, parameters map[string]string) error {
	rest := map[string]string{}
	m.warnings = []string{guessedCaller}
	for name, value := range parameters {
		if !strings.EqualFold(name, "caller") {
			rest[name] = value
			continue
		}
		if value != "inbound" && value != "outbound" {
			return fmt.Errorf("the parameter caller is %.32q: it must be inbound or outbound", value)
		}
		s.inboundIsCallee, m.warnings = value == "outbound", nil
	}
	m.setParameters(rest)
	return nil
}

// setParameters sets the fields that parameters name: connectorId, callId, from, to. The others become metadata.
func (m *startMessage) setParameters(parameters map[string]string) {
	m.metadata = map[string]string{}
	for name, value := range parameters {
		switch strings.ToLower(name) {
		case "connectorid":
			m.connectorID = value
		case "callid":
			m.callID = value
		case "from":
			m.from = value
		case "to":
			m.to = value
		default:
			m.metadata[name] = value
		}
	}
}

// track returns that of a name; Telnyx leaves inbound out.
func (s trackSides) track(name string) (track, error) {
	inbound, outbound := timbre.Caller, timbre.Callee
	if s.inboundIsCallee {
		inbound, outbound = outbound, inbound
	}
	switch name {
	case "inbound", "":
		return track{"inbound", inbound}, nil
	case "outbound":
		return track{"outbound", outbound}, nil
	}
	return track{}, fmt.Errorf("the track %.32q is neither inbound nor outbound", name)
}

func (s trackSides) audio(m mediaMessage) (audio, error) {
	t, err := s.track(m.Track)
	if err != nil {
		return nil, err
	}
	payload, err := base64.StdEncoding.DecodeString(m.Payload)
	if err != nil {
		return nil, fmt.Errorf("media.payload is not base64")
	}
	p := piece{track: t, payload: payload, timed: m.Timestamp != nil}
	if p.timed {
		p.at = m.Timestamp.milliseconds()
	}
	return audio{p}, nil
}
