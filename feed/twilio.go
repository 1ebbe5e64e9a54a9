package feed

// twilioKind is Twilio Media Streams, and what others send in its form: some leave the tracks out, or have other codecs. Custom parameters of
// the stream may name the connector and the parties.
var twilioKind = kind{
	name: "twilio",
	knows: func(m first) bool {
		return m.is("event", "start") && (m.has("streamSid") || m.inside("start").has("mediaFormat"))
	},
	open:   func() dialect { return &mediaStream{start: readTwilioStart} },
	signer: twilioSigner,
}

func readTwilioStart(message []byte, sides *trackSides) (start startMessage, err error) {
	var m struct {
		Start struct {
			AccountSid, CallSid, StreamSid string
			Tracks                         []string
			CustomParameters               map[string]string
			MediaFormat                    struct {
				Encoding             string
				SampleRate, Channels number
			}
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
	start.setDefaults(m.Start.CallSid, "", "")
	start.note("accountSid", m.Start.AccountSid)
	start.note("streamSid", m.Start.StreamSid)
	start.tracks, err = sides.tracks(m.Start.Tracks)
	return start, err
}
