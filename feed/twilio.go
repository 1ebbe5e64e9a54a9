package feed

import (
	"fmt"

	"timbre"
)

// twilio is Twilio Media Streams: text messages only, a start message with the tracks, and 20 ms of µ-law in base64 a message,
// each with its track and time stamp. Custom parameters of the stream may name the connector and the parties.
type twilio struct{ stream mediaStream }

func (*twilio) name() string        { return "twilio" }
func (*twilio) readsMessages() bool { return false }

func (*twilio) binary([]byte) (any, error) { return nil, unexpected("a binary message") }

type twilioMessage struct {
	Event string
	Start struct {
		AccountSid, CallSid, StreamSid string
		Tracks                         []string
		CustomParameters               map[string]string
		MediaFormat                    struct {
			Encoding             string
			SampleRate, Channels number
		}
	}
	Media mediaMessage
}

func (t *twilio) text(message []byte) (any, error) {
	var m twilioMessage
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	return t.stream.event(m.Event, m.Media, func() (startMessage, error) { return t.start(m) })
}

func (t *twilio) start(m twilioMessage) (startMessage, error) {
	if f := m.Start.MediaFormat; f.Encoding != "audio/x-mulaw" || f.SampleRate != timbre.SampleRate || f.Channels != 1 {
		return startMessage{}, fmt.Errorf("mediaFormat %.32q at %d Hz with %d channels is not audio/x-mulaw at 8000 Hz with one channel", f.Encoding, f.SampleRate, f.Channels)
	}
	start := startMessage{encoding: timbre.MuLaw, rate: timbre.SampleRate}
	if err := t.stream.sides.readParameters(&start, m.Start.CustomParameters); err != nil {
		return start, err
	}
	start.metadata["accountSid"], start.metadata["streamSid"] = m.Start.AccountSid, m.Start.StreamSid
	if start.callID == "" {
		start.callID = m.Start.CallSid
	}
	for _, name := range m.Start.Tracks {
		track, err := t.stream.sides.track(name)
		if err != nil {
			return start, err
		}
		start.tracks = append(start.tracks, track)
	}
	return start, nil
}
