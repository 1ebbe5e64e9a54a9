package feed

import (
	"fmt"

	"timbre"
)

// telnyx is Telnyx media streaming: as Twilio's, with other names, either law of G.711, and no tracks in the start message.
type telnyx struct{ stream mediaStream }

func (*telnyx) name() string        { return "telnyx" }
func (*telnyx) readsMessages() bool { return false }

func (*telnyx) binary([]byte) (any, error) { return nil, unexpected("a binary message") }

type telnyxMessage struct {
	Event    string
	StreamID string `json:"stream_id"`
	Start    struct {
		From, To         string
		CallControlID    string            `json:"call_control_id"`
		ClientState      string            `json:"client_state"`
		CustomParameters map[string]string `json:"custom_parameters"`
		MediaFormat      struct {
			Encoding   string
			SampleRate number `json:"sample_rate"`
			Channels   number
		} `json:"media_format"`
	}
	Media mediaMessage
}

func (t *telnyx) text(message []byte) (any, error) {
	var m telnyxMessage
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	return t.stream.event(m.Event, m.Media, func() (startMessage, error) { return t.start(m) })
}

// telnyxEncodings are those of the codecs that a stream may have, by their names in SDP.
var telnyxEncodings = map[string]timbre.Encoding{timbre.PCMU.Name(): timbre.MuLaw, timbre.PCMA.Name(): timbre.ALaw}

func (t *telnyx) start(m telnyxMessage) (startMessage, error) {
	f := m.Start.MediaFormat
	start := startMessage{encoding: telnyxEncodings[f.Encoding], rate: timbre.SampleRate}
	if start.encoding == "" || f.SampleRate != timbre.SampleRate || f.Channels != 1 {
		return start, fmt.Errorf("media_format %.32q at %d Hz with %d channels is not PCMU or PCMA at 8000 Hz with one channel", f.Encoding, f.SampleRate, f.Channels)
	}
	start.from, start.to = m.Start.From, m.Start.To
	if err := t.stream.sides.readParameters(&start, m.Start.CustomParameters); err != nil {
		return start, err
	}
	for name, value := range map[string]string{"stream_id": m.StreamID, "client_state": m.Start.ClientState} {
		if value != "" {
			start.metadata[name] = value
		}
	}
	if start.callID == "" {
		start.callID = m.Start.CallControlID
	}
	return start, nil
}
