package feed

import (
	"fmt"
	"slices"

	"timbre"
)

// plain is our own dialect: a start message, binary messages of audio, the channels interleaved, and a stop message.
type plain struct {
	begun  bool
	width  int // bytes a sample
	tracks []track
}

func (*plain) name() string  { return "timbre" }
func (*plain) answers() bool { return true }

// sides are the names of channels.
var sides = map[string]timbre.Side{"caller": timbre.Caller, "callee": timbre.Callee, "mixed": timbre.Mixed}

func (p *plain) text(message []byte) (any, error) {
	var m struct {
		Type        string            `json:"type"`
		ConnectorID string            `json:"connectorId"`
		CallID      string            `json:"callId"`
		From        string            `json:"from"`
		To          string            `json:"to"`
		Metadata    map[string]string `json:"metadata"`
		Format      struct {
			Encoding   string   `json:"encoding"`
			SampleRate int      `json:"sampleRate"`
			Channels   []string `json:"channels"`
		} `json:"format"`
	}
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	switch {
	case m.Type == "stop" && p.begun:
		return closing{}, nil
	case m.Type != "start" || p.begun:
		return nil, unexpected(fmt.Sprintf("a message of type %.32q", m.Type))
	}
	if p.width = width(m.Format.Encoding); p.width == 0 {
		return nil, fmt.Errorf("format.encoding %.32q is none of %s, %s, %s", m.Format.Encoding, Linear, ULaw, ALaw)
	}
	for _, name := range m.Format.Channels {
		side, known := sides[name]
		if !known || slices.ContainsFunc(p.tracks, func(t track) bool { return t.name == name }) {
			return nil, fmt.Errorf("format.channels %.80q are not of caller, callee, mixed, each once", m.Format.Channels)
		}
		p.tracks = append(p.tracks, track{name, side})
	}
	if n := len(p.tracks); n != 1 && n != 2 {
		return nil, fmt.Errorf("format.channels names %d channels: it must be one or two of caller, callee, mixed", n)
	}
	p.begun = true
	return opening{
		connector: m.ConnectorID, call: m.CallID, from: m.From, to: m.To, details: m.Metadata,
		encoding: m.Format.Encoding, rate: m.Format.SampleRate, tracks: p.tracks,
	}, nil
}

func (p *plain) binary(message []byte) (any, error) {
	if !p.begun {
		return nil, unexpected("audio before the start message")
	}
	return separate(message, p.width, p.tracks)
}

// separate takes interleaved channels apart.
func separate(message []byte, width int, tracks []track) (audio, error) {
	stride := width * len(tracks)
	if len(message)%stride != 0 {
		return nil, fmt.Errorf("a binary message of %d bytes does not hold whole samples of %d bytes", len(message), stride)
	}
	if len(tracks) == 1 {
		return audio{{track: tracks[0], payload: message}}, nil
	}
	all := make(audio, len(tracks))
	for i, t := range tracks {
		all[i] = piece{track: t, payload: make([]byte, 0, len(message)/len(tracks))}
		for at := i * width; at < len(message); at += stride {
			all[i].payload = append(all[i].payload, message[at:at+width]...)
		}
	}
	return all, nil
}
