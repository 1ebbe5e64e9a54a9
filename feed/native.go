package feed

import (
	"fmt"
	"slices"

	"timbre"
)

// native is Timbre's own dialect: a start message, binary messages of audio with interleaved channels, and a stop message.
type native struct {
	started     bool
	sampleBytes int
	tracks      []track
}

func (*native) name() string        { return "timbre" }
func (*native) readsMessages() bool { return true }

// sides are the names of channels.
var sides = map[string]timbre.Side{"caller": timbre.Caller, "callee": timbre.Callee, "mixed": timbre.Mixed}

func (n *native) text(message []byte) (any, error) {
	var m struct {
		Type        string            `json:"type"`
		ConnectorID string            `json:"connectorId"`
		CallID      string            `json:"callId"`
		From        string            `json:"from"`
		To          string            `json:"to"`
		Metadata    map[string]string `json:"metadata"`
		Format      struct {
			Encoding   timbre.Encoding `json:"encoding"`
			SampleRate int             `json:"sampleRate"`
			Channels   []string        `json:"channels"`
		} `json:"format"`
	}
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	switch {
	case m.Type == "stop" && n.started:
		return stopMessage{}, nil
	case m.Type != "start" || n.started:
		return nil, unexpected(fmt.Sprintf("a message of type %.32q", m.Type))
	}
	if n.sampleBytes = m.Format.Encoding.SampleBytes(); n.sampleBytes == 0 {
		return nil, fmt.Errorf("format.encoding %.32q is none of %s, %s, %s", m.Format.Encoding, timbre.LinearPCM, timbre.MuLaw, timbre.ALaw)
	}
	if err := n.channels(m.Format.Channels); err != nil {
		return nil, err
	}
	n.started = true
	return startMessage{
		connectorID: m.ConnectorID, callID: m.CallID, from: m.From, to: m.To, metadata: m.Metadata,
		encoding: m.Format.Encoding, rate: m.Format.SampleRate, tracks: n.tracks,
	}, nil
}

// channels makes a track of each channel.
func (n *native) channels(names []string) error {
	if len(names) != 1 && len(names) != 2 {
		return fmt.Errorf("format.channels has %d names: it must have one or two of caller, callee, mixed", len(names))
	}
	for _, name := range names {
		side, known := sides[name]
		if !known || slices.ContainsFunc(n.tracks, func(t track) bool { return t.name == name }) {
			return fmt.Errorf("format.channels %.80q must be of caller, callee, mixed, each once", names)
		}
		n.tracks = append(n.tracks, track{name, side})
	}
	return nil
}

func (n *native) binary(message []byte) (any, error) {
	if !n.started {
		return nil, unexpected("audio before the start message")
	}
	return deinterleave(message, n.sampleBytes, n.tracks)
}

// deinterleave separates the channels of a message, one track each.
func deinterleave(message []byte, sampleBytes int, tracks []track) (audio, error) {
	stride := sampleBytes * len(tracks)
	if len(message)%stride != 0 {
		return nil, fmt.Errorf("a binary message of %d bytes does not hold whole samples of %d bytes", len(message), stride)
	}
	if len(tracks) == 1 {
		return audio{{track: tracks[0], payload: message}}, nil
	}
	all := make(audio, len(tracks))
	for i, t := range tracks {
		all[i] = piece{track: t, payload: make([]byte, 0, len(message)/len(tracks))}
		for at := i * sampleBytes; at < len(message); at += stride {
			all[i].payload = append(all[i].payload, message[at:at+sampleBytes]...)
		}
	}
	return all, nil
}
