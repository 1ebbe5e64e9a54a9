package feed

import (
	"fmt"
	"slices"

	"timbre"
)

// native is Timbre's own dialect: a start message, binary messages of audio with interleaved channels, and a stop message.
type native struct {
	begun       bool
	sampleBytes int
	tracks      []track
}

var nativeKind = kind{
	name:  "timbre",
	knows: func(m first) bool { return m.is("type", "start") },
	open:  func() dialect { return &native{} },
}

func (*native) started(b begun) any {
	streams := []map[string]any{}
	for i, l := range b.legs {
		streams = append(streams, map[string]any{"channel": i, "side": l.Side.String(), "streamArn": l.StreamARN})
	}
	return map[string]any{"type": "started", "transactionId": b.transactionID, "connectorId": b.connectorID, "streams": streams}
}

func (*native) stopped() any { return map[string]any{"type": "stopped"} }

func (*native) failed(f *failure) any {
	return map[string]any{"type": "error", "code": f.code, "message": f.detail}
}

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
			Encoding   string   `json:"encoding"`
			SampleRate number   `json:"sampleRate"`
			Channels   []string `json:"channels"`
		} `json:"format"`
	}
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	switch {
	case m.Type == "stop" && n.begun:
		return stopMessage{}, nil
	case m.Type != "start" || n.begun:
		return nil, unexpected(fmt.Sprintf("a message of type %.32q", m.Type))
	}
	codec, err := monoCodec(m.Format.Encoding, m.Format.SampleRate, 1)
	if err != nil {
		return nil, err
	}
	if n.sampleBytes = codec.SampleBytes(); n.sampleBytes == 0 {
		return nil, badFormat{fmt.Errorf("format.encoding %.32q has packets, not samples", m.Format.Encoding)}
	}
	if err := n.channels(m.Format.Channels); err != nil {
		return nil, err
	}
	n.begun = true
	return startMessage{
		connectorID: m.ConnectorID, callID: m.CallID, from: m.From, to: m.To, metadata: m.Metadata,
		codec: codec, tracks: n.tracks,
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
	if !n.begun {
		return nil, unexpected("audio before the start message")
	}
	return deinterleave(message, n.sampleBytes, n.tracks)
}
