package feed

import (
	"fmt"

	"timbre"
)

// telnyx is Telnyx media streaming: as Twilio's, with other names, G.711 of either law, and no word of the tracks before
// their audio comes.
type telnyx struct {
	begun bool
	ways  ways
}

func (*telnyx) name() string  { return "telnyx" }
func (*telnyx) answers() bool { return false }

func (*telnyx) binary([]byte) (any, error) { return nil, unexpected("a binary message") }

func (t *telnyx) text(message []byte) (any, error) {
	var m struct {
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
		Media media
	}
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	switch {
	case m.Event == "stop":
		return closing{}, nil
	case m.Event == "media" && t.begun:
		return t.ways.heard(m.Media)
	case m.Event == "media", m.Event == "start" && t.begun:
		return nil, unexpected("a message of event " + m.Event)
	case m.Event != "start":
		return nil, nil
	}
	o := opening{rate: timbre.SampleRate, encoding: map[string]string{timbre.PCMU.Name(): ULaw, timbre.PCMA.Name(): ALaw}[m.Start.MediaFormat.Encoding]}
	if f := m.Start.MediaFormat; o.encoding == "" || f.SampleRate != timbre.SampleRate || f.Channels != 1 {
		return nil, fmt.Errorf("media_format %.32q at %d Hz with %d channels is not PCMU or PCMA at 8000 Hz with one", f.Encoding, f.SampleRate, f.Channels)
	}
	o.from, o.to = m.Start.From, m.Start.To
	if err := t.ways.turn(&o, m.Start.CustomParameters); err != nil {
		return nil, err
	}
	for name, value := range map[string]string{"stream_id": m.StreamID, "client_state": m.Start.ClientState} {
		if value != "" {
			o.details[name] = value
		}
	}
	if o.call == "" {
		o.call = m.Start.CallControlID
	}
	t.begun = true
	return o, nil
}
