package feed

import "strings"

// exotelKind is the Stream and the Voicebot applet of Exotel: linear PCM, of the caller unless a message names its track.
var exotelKind = kind{
	name:  "exotel",
	knows: func(m first) bool { return m.is("event", "start") && m.has("stream_sid") },
	open:  func() dialect { return &mediaStream{start: readExotelStart} },
}

func readExotelStart(message []byte, sides *trackSides) (start startMessage, err error) {
	var m struct {
		StreamSid string `json:"stream_sid"`
		Start     struct {
			From, To         string
			CallSid          string            `json:"call_sid"`
			AccountSid       string            `json:"account_sid"`
			CustomParameters map[string]string `json:"custom_parameters"`
			MediaFormat      struct {
				Encoding   string
				SampleRate number `json:"sample_rate"`
			} `json:"media_format"`
		}
	}
	if err := decode(message, &m); err != nil {
		return start, err
	}
	f := m.Start.MediaFormat
	if start.codec, err = monoCodec(exotelEncoding(f.Encoding), f.SampleRate, 1); err != nil {
		return start, err
	}
	if err := sides.readParameters(&start, m.Start.CustomParameters); err != nil {
		return start, err
	}
	start.setDefaults(m.Start.CallSid, m.Start.From, m.Start.To)
	start.note("account_sid", m.Start.AccountSid)
	start.note("stream_sid", m.StreamSid)
	return start, nil
}

// exotelEncoding is the name that others have for an encoding of Exotel, which calls linear PCM by that of its transport, among others.
func exotelEncoding(name string) string {
	switch strings.ToLower(name) {
	case "base64", "audio/x-raw", "raw", "raw/slin", "slin", "":
		return linearPCM
	}
	return name
}
