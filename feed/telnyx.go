package feed

import (
	"crypto/hmac"
	"net/http"
	"time"
)

// telnyxKind is Telnyx media streaming, in the codec of the call. The start message does not list the tracks.
var telnyxKind = kind{
	name:   "telnyx",
	knows:  func(m first) bool { return m.is("event", "start") && m.has("stream_id") },
	open:   func() dialect { return &mediaStream{start: readTelnyxStart} },
	signer: telnyxSigner,
}

func readTelnyxStart(message []byte, sides *trackSides) (start startMessage, err error) {
	var m struct {
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
	}
	if err := decode(message, &m); err != nil {
		return start, err
	}
	f := m.Start.MediaFormat
	if start.codec, err = monoCodec(f.Encoding, f.SampleRate, f.Channels); err != nil {
		return start, err
	}
	if err := sides.readParameters(&start, m.Start.CustomParameters); err != nil {
		return start, err
	}
	start.setDefaults(m.Start.CallControlID, m.Start.From, m.Start.To)
	start.note("stream_id", m.StreamID)
	start.note("client_state", m.Start.ClientState)
	return start, nil
}

// telnyxSigner is no signature: Telnyx sends the stream_auth_token of the command that began the stream.
var telnyxSigner = &signer{
	signed: func(h http.Header) bool { return bearer(h) != "" },
	made: func(r *http.Request, secret string, _ time.Time) bool {
		return hmac.Equal([]byte(bearer(r.Header)), []byte(secret))
	},
}
