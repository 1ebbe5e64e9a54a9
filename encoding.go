package timbre

import "strings"

// encodings are the names that audio without RTP has beside those of SDP.
var encodings = map[string]string{"mulaw": PCMU.Name(), "alaw": PCMA.Name()}

// ParseEncoding finds the codec of audio that comes without RTP: by a media type such as audio/x-mulaw, or its subtype, in any case, and
// the rate of the audio in Hz. The packets of some codecs say their rate themselves.
func ParseEncoding(name string, rate int) (Codec, bool) {
	name = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(name), "audio/"), "x-")
	if other, ok := encodings[name]; ok {
		name = other
	}
	for c, f := range codecs {
		audio := f.kind == AudioPayload || f.kind == SampleStream
		if audio && strings.EqualFold(f.name, name) && (f.rate == rate || f.sample == 0) {
			return Codec(c), true
		}
	}
	return 0, false
}
