package timbre

import "strings"

// Codec is how audio is encoded: an RTP payload format, or samples without packets, as WebSocket feeds have them. What is known of it
// stands in the table below. The zero value is none. A new codec takes a constant and a line here, and a decoder in rtp/codec.
type Codec uint8

const (
	PCMU           Codec = iota + 1 // G.711 µ-law
	PCMA                            // G.711 A-law
	G722                            // ITU-T G.722 at 64 kbit/s
	Opus                            // RFC 6716
	TelephoneEvent                  // RFC 4733
	ComfortNoise                    // RFC 3389

	LinearPCM     // 16-bit linear PCM, little-endian, at 8 kHz
	WideLinearPCM // the same at 16 kHz
	L16           // 16-bit linear PCM at 8 kHz whose byte order is found from the audio
	WideL16       // the same at 16 kHz
	WidePCMU      // µ-law at 16 kHz
	WidePCMA      // A-law at 16 kHz
)

// PayloadKind says what a payload format carries.
type PayloadKind uint8

const (
	AudioPayload PayloadKind = iota + 1
	EventPayload             // keys that are pressed
	NoisePayload             // the level of background noise, in place of audio
	SampleStream             // samples of audio without packets: no payload format of RTP
)

// format is a line of the table of codecs.
type format struct {
	name       string // SDP encoding name, as registered
	rate       int    // of the RTP clock, in Hz
	misnamed   int    // another rate that an rtpmap may give for the same clock; 0: none
	channels   int    // that an rtpmap may give at most
	payload    int    // static payload type (RFC 3551), or dynamic
	offered    int    // dynamic payload type in our offers: the one that most peers use
	kind       PayloadKind
	fmtp       string // parameters that we answer; empty without
	impairment impairment
	sample     int // bytes of one, where audio may be divided at any sample; 0: only into packets
}

const dynamic = -1

// codecs is the table. The impairments of G.711 are those of random loss with concealment, as telephones do it (ITU-T
// G.113). G.722 and Opus have none on the scale of narrowband telephony: decoded to 8 kHz, they count as G.711. The clock of
// G.722 is 8 kHz although its audio has 16 (RFC 3551), which some peers name; an rtpmap of Opus is always opus/48000/2 (RFC 7587).
var codecs = [...]format{
	PCMU:           {name: "PCMU", rate: 8000, channels: 1, payload: 0, kind: AudioPayload, impairment: impairment{0, 25.1}, sample: 1},
	PCMA:           {name: "PCMA", rate: 8000, channels: 1, payload: 8, kind: AudioPayload, impairment: impairment{0, 25.1}, sample: 1},
	G722:           {name: "G722", rate: 8000, misnamed: 16000, channels: 1, payload: 9, kind: AudioPayload, impairment: impairment{0, 25.1}},
	Opus:           {name: "opus", rate: 48000, channels: 2, payload: dynamic, offered: 111, kind: AudioPayload, fmtp: "useinbandfec=1", impairment: impairment{0, 25.1}},
	TelephoneEvent: {name: "telephone-event", rate: 8000, channels: 1, payload: dynamic, offered: 101, kind: EventPayload, fmtp: "0-15"},
	ComfortNoise:   {name: "CN", rate: 8000, channels: 1, payload: 13, kind: NoisePayload},
	LinearPCM:      {name: "pcm_s16le", rate: 8000, payload: dynamic, kind: SampleStream, sample: 2},
	WideLinearPCM:  {name: "pcm_s16le", rate: 16000, payload: dynamic, kind: SampleStream, sample: 2},
	L16:            {name: "L16", rate: 8000, payload: dynamic, kind: SampleStream, sample: 2},
	WideL16:        {name: "L16", rate: 16000, payload: dynamic, kind: SampleStream, sample: 2},
	WidePCMU:       {name: "PCMU", rate: 16000, payload: dynamic, kind: SampleStream, sample: 1},
	WidePCMA:       {name: "PCMA", rate: 16000, payload: dynamic, kind: SampleStream, sample: 1},
}

// Codecs returns all payload formats of RTP.
func Codecs() []Codec {
	var all []Codec
	for c := range codecs {
		if codecs[c].ofRTP() {
			all = append(all, Codec(c))
		}
	}
	return all
}

// ofRTP reports whether a line is that of a payload format of RTP.
func (f format) ofRTP() bool { return f.kind != 0 && f.kind != SampleStream }

// ParseCodec finds the codec of an rtpmap: its encoding name, in any case, its clock rate in Hz, and its channels, 0 where it
// gives none. Formats without audio follow the clock of the audio beside them, so that any rate is theirs.
func ParseCodec(name string, rate, channels int) (Codec, bool) {
	c, ok := codecNamed(name)
	if !ok || c.Kind() == AudioPayload && !codecs[c].matches(rate, channels) {
		return 0, false
	}
	return c, true
}

func (f format) matches(rate, channels int) bool {
	return (rate == f.rate || f.misnamed != 0 && rate == f.misnamed) && channels <= f.channels
}

func codecNamed(name string) (Codec, bool) {
	for c, f := range codecs {
		if f.ofRTP() && strings.EqualFold(f.name, name) {
			return Codec(c), true
		}
	}
	return 0, false
}

// StaticPayloads returns the codecs whose payload types RFC 3551 has assigned.
func StaticPayloads() map[uint8]Codec {
	static := map[uint8]Codec{}
	for _, c := range Codecs() {
		if pt := codecs[c].payload; pt != dynamic {
			static[uint8(pt)] = c
		}
	}
	return static
}

// OfferedPayloads returns what is offered to a peer that asks for an offer: every codec but comfort noise, which would ask for silence
// suppression.
func OfferedPayloads() map[uint8]Codec {
	offered := map[uint8]Codec{}
	for _, c := range Codecs() {
		f := codecs[c]
		switch pt := f.payload; {
		case f.kind == NoisePayload:
		case pt == dynamic:
			offered[uint8(f.offered)] = c
		default:
			offered[uint8(pt)] = c
		}
	}
	return offered
}

// Channels are those that an rtpmap names; 0: it names none.
func (c Codec) Channels() int {
	if n := codecs[c].channels; n > 1 {
		return n
	}
	return 0
}

// Name is the SDP encoding name as registered, which some peers compare by letter; empty for none.
func (c Codec) Name() string { return codecs[c].name }

// String is the SDP encoding name in capitals, as logs and events have it; empty for none.
func (c Codec) String() string { return strings.ToUpper(codecs[c].name) }

// ClockRate is that of the RTP timestamps, in Hz.
func (c Codec) ClockRate() int { return codecs[c].rate }

// SampleBytes is the size of one sample of one channel; 0 for a codec whose audio cannot be divided at any sample.
func (c Codec) SampleBytes() int { return codecs[c].sample }

// Kind says what the payloads carry.
func (c Codec) Kind() PayloadKind { return codecs[c].kind }

// Fmtp is the value of the a=fmtp attribute that we answer with (RFC 8866), without its payload type; empty without.
func (c Codec) Fmtp() string { return codecs[c].fmtp }
