package feed

import (
	"encoding/json"
	"strings"
)

// plivoKind is Plivo audio streaming. Extra headers of the stream are its parameters.
var plivoKind = kind{
	name:   "plivo",
	knows:  func(m first) bool { return m.is("event", "start") && m.inside("start").has("streamId") },
	open:   func() dialect { return &mediaStream{start: readPlivoStart} },
	signer: plivoSigner,
}

func readPlivoStart(message []byte, sides *trackSides) (start startMessage, err error) {
	var m struct {
		ExtraHeaders string `json:"extra_headers"`
		Start        struct {
			CallID, StreamID, AccountID string
			Tracks                      []string
			MediaFormat                 struct {
				Encoding   string
				SampleRate number
			}
		}
	}
	if err := decode(message, &m); err != nil {
		return start, err
	}
	f := m.Start.MediaFormat
	if start.codec, err = monoCodec(f.Encoding, f.SampleRate, 1); err != nil {
		return start, err
	}
	if err := sides.readParameters(&start, plivoParameters(m.ExtraHeaders)); err != nil {
		return start, err
	}
	start.setDefaults(m.Start.CallID, "", "")
	start.note("accountId", m.Start.AccountID)
	start.note("streamId", m.Start.StreamID)
	start.tracks, err = sides.tracks(m.Start.Tracks)
	return start, err
}

// plivoParameters are the extra headers of a stream, a JSON object in a string, by their names without Plivo's prefix.
func plivoParameters(text string) map[string]string {
	var m map[string]any
	if json.Unmarshal([]byte(text), &m) != nil {
		return nil
	}
	all := map[string]string{}
	for name, value := range scalars(m) {
		if prefix := "X-PH-"; len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			name = name[len(prefix):]
		}
		all[name] = value
	}
	return all
}
