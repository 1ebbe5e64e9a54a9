package feed

// bandwidth is the media stream of Bandwidth's Programmable Voice: its own names, a format for each track, and pieces in order without a
// time stamp. Parameters of the stream are as Twilio's.
type bandwidth struct {
	begun bool
	sides trackSides
}

var bandwidthKind = kind{
	name:  "bandwidth",
	knows: func(m first) bool { return m.is("eventType", "start") },
	open:  func() dialect { return &bandwidth{} },
}

func (*bandwidth) binary([]byte) (any, error) { return nil, unexpected("a binary message") }

type bandwidthStart struct {
	StreamParams map[string]string
	Metadata     struct {
		AccountID, CallID, StreamID, StreamName string
		Tracks                                  []struct {
			Name        string
			MediaFormat struct {
				Encoding   string
				SampleRate number
			}
		}
	}
}

func (b *bandwidth) text(message []byte) (any, error) {
	var m struct{ EventType, Track, Payload string }
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	switch {
	case m.EventType == "stop":
		return stopMessage{}, nil
	case m.EventType == "media" && b.begun:
		return b.sides.audio(mediaMessage{Track: m.Track, Payload: m.Payload})
	case m.EventType == "media", m.EventType == "start" && b.begun:
		return nil, unexpected("a message of event " + m.EventType)
	case m.EventType != "start":
		return nil, nil
	}
	return b.start(message)
}

func (b *bandwidth) start(message []byte) (start startMessage, err error) {
	var m bandwidthStart
	if err := decode(message, &m); err != nil {
		return start, err
	}
	if err := b.sides.readParameters(&start, m.StreamParams); err != nil {
		return start, err
	}
	start.setDefaults(m.Metadata.CallID, "", "")
	start.note("accountId", m.Metadata.AccountID)
	start.note("streamId", m.Metadata.StreamID)
	start.note("streamName", m.Metadata.StreamName)
	for i, t := range m.Metadata.Tracks {
		codec, err := monoCodec(t.MediaFormat.Encoding, t.MediaFormat.SampleRate, 1)
		if err == nil && i > 0 && codec != start.codec {
			err = badFormat{errDifferent}
		}
		if err != nil {
			return start, err
		}
		track, err := b.sides.track(t.Name)
		if err != nil {
			return start, err
		}
		start.codec, start.tracks = codec, append(start.tracks, track)
	}
	if len(start.tracks) == 0 {
		return start, unexpected("a start message without tracks")
	}
	b.begun = true
	return start, nil
}
