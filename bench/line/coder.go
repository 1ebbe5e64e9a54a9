package line

import (
	"math"

	"github.com/gotranspile/g722"
	"github.com/thesyncim/gopus"

	"timbre"
	"timbre/rtp/codec"
)

// Coder is a codec with packets of 20 ms, and the ways to conceal a lost one.
type Coder struct {
	Name         string
	Codec        timbre.Codec
	bits         int // bit/s, of Opus
	mode         gopus.EncoderMode
	fec          bool // in-band FEC: a packet carries a copy of the one before
	Concealments []Concealment
}

var withoutFEC = []Concealment{AsSilence, AsGap, AsGuess}

// Coders are the codecs that are compared.
var Coders = []Coder{
	{Name: "µ-law", Codec: timbre.PCMU, Concealments: withoutFEC},
	{Name: "G.722", Codec: timbre.G722, Concealments: withoutFEC},
	{Name: "Opus 16 kbit/s, SILK", Codec: timbre.Opus, bits: 16000, mode: gopus.EncoderModeSILK, Concealments: withoutFEC},
	{Name: "Opus 48 kbit/s, CELT", Codec: timbre.Opus, bits: 48000, mode: gopus.EncoderModeCELT, Concealments: withoutFEC},
	{Name: "Opus 24 kbit/s, FEC", Codec: timbre.Opus, bits: 24000, mode: gopus.EncoderModeSILK, fec: true, Concealments: append(withoutFEC, AsCopy)},
}

// Narrow is Opus at the bit rate of a poor mobile connection.
var Narrow = Coder{Name: "Opus 8 kbit/s", Codec: timbre.Opus, bits: 8000, mode: gopus.EncoderModeSILK}

// Encode encodes a leg at 16 kHz into packets.
func (c Coder) Encode(pcm []int16) (packets [][]byte, err error) {
	const size = 2 * timbre.FrameSamples
	pcm = pcm[:len(pcm)/size*size]
	switch c.Codec {
	case timbre.PCMU:
		return cut(codec.ULaw.Encode(nil, codec.Halve(pcm))), nil
	case timbre.G722:
		return cut(g722.Encode(pcm, g722.Rate64000, 0)), nil
	}
	e, err := gopus.NewEncoder(gopus.EncoderConfig{SampleRate: 2 * timbre.SampleRate, Channels: 1, Application: gopus.ApplicationVoIP})
	if err != nil {
		return nil, err
	}
	e.SetFEC(c.fec)
	for _, err := range []error{e.SetBitrate(c.bits), e.SetMode(c.mode), e.SetPacketLoss(10)} {
		if err != nil {
			return nil, err
		}
	}
	for ; len(pcm) > 0; pcm = pcm[size:] {
		b := make([]byte, 1500)
		n, err := e.EncodeInt16(pcm[:size], b)
		if err != nil {
			return nil, err
		}
		packets = append(packets, b[:n])
	}
	return packets, nil
}

// Transcode encodes and decodes audio at 8 kHz, and loses none.
func (c Coder) Transcode(pcm []int16) (out []int16, err error) {
	packets, err := c.Encode(DoubleRate(pcm))
	if err != nil {
		return nil, err
	}
	frames, err := c.Decode(packets, make([]bool, len(packets)), AsSilence)
	for _, f := range frames {
		out = append(out, f.PCM...)
	}
	return out, err
}

// cut splits audio of a byte a sample into packets.
func cut(b []byte) (packets [][]byte) {
	for ; len(b) > 0; b = b[timbre.FrameSamples:] {
		packets = append(packets, b[:timbre.FrameSamples])
	}
	return packets
}

// DoubleRate returns audio at twice the sample rate.
func DoubleRate(pcm []int16) []int16 {
	out := make([]int16, 0, 2*len(pcm))
	for i, s := range pcm {
		next := pcm[min(i+1, len(pcm)-1)]
		out = append(out, s, int16((int(s)+int(next))/2))
	}
	return out
}

// Decode decodes packets, some of which are lost, into frames.
func (c Coder) Decode(packets [][]byte, lost []bool, how Concealment) (frames []timbre.Frame, err error) {
	d, err := codec.NewDecoder(c.Codec, nil)
	if err != nil {
		return nil, err
	}
	concealer, err := gopus.NewDecoder(gopus.DefaultDecoderConfig(timbre.SampleRate, 1))
	if err != nil {
		return nil, err
	}
	r := reception{opus: c.Codec == timbre.Opus, how: how, decoder: d, concealer: concealer}
	for i, p := range packets {
		var pcm []int16
		if lost[i] {
			var next []byte
			if i+1 < len(packets) && !lost[i+1] {
				next = packets[i+1]
			}
			pcm, err = r.conceal(next)
		} else {
			pcm, err = r.decode(p)
		}
		if err != nil {
			return nil, err
		}
		if pcm != nil {
			frames = append(frames, timbre.Frame{At: timbre.Duration(i * timbre.FrameSamples), PCM: pcm})
		}
	}
	return frames, nil
}

// reception is a stream of packets that is being decoded.
type reception struct {
	opus      bool
	how       Concealment
	decoder   codec.Decoder
	concealer *gopus.Decoder
	decoded   []int16 // the decoded audio
	missing   int     // samples lost since the last packet
}

// decode returns the audio of a packet.
func (r *reception) decode(packet []byte) ([]int16, error) {
	pcm, err := r.decoder.Decode(nil, packet)
	if err == nil && r.opus && r.how == AsGuess {
		_, err = r.concealer.DecodeInt16(packet, pcm)
	}
	r.missing = 0
	r.decoded = append(r.decoded, pcm...)
	return pcm, err
}

// conceal returns what takes the place of a lost packet: nil for a gap. next is the packet after it, nil if that is lost too.
func (r *reception) conceal(next []byte) ([]int16, error) {
	switch {
	case r.how == AsGuess && r.opus:
		pcm := make([]int16, timbre.FrameSamples)
		_, err := r.concealer.DecodeInt16(nil, pcm)
		return pcm, err
	case r.how == AsGuess:
		pcm := repeatPitch(r.decoded, r.missing)
		r.missing += timbre.FrameSamples
		return pcm, nil
	case r.how == AsCopy && next != nil:
		if pcm := r.decoder.Recover(nil, timbre.FrameSamples, next); len(pcm) > 0 {
			return pcm, nil
		}
		return nil, nil
	}
	r.decoder.Recover(nil, timbre.FrameSamples, nil)
	if r.how == AsGap {
		return nil, nil
	}
	return make([]int16, timbre.FrameSamples), nil
}

// repeatPitch continues the last pitch period of the voice, missing samples after its end: unchanged for 10 ms, then fading to
// silence within 50 ms (as ITU-T G.711 Appendix I does).
func repeatPitch(decoded []int16, missing int) []int16 {
	pcm := make([]int16, timbre.FrameSamples)
	const shortest, longest, window = 40, 120, 160 // samples: 200 to 67 Hz
	if len(decoded) < window+longest {
		return pcm
	}
	best, period := 0.0, shortest
	for lag := shortest; lag <= longest; lag++ {
		var both, then float64
		for i := len(decoded) - window; i < len(decoded); i++ {
			both += float64(decoded[i]) * float64(decoded[i-lag])
			then += float64(decoded[i-lag]) * float64(decoded[i-lag])
		}
		if like := both / math.Sqrt(then+1); like > best {
			best, period = like, lag
		}
	}
	for i := range pcm {
		at := missing + i
		pcm[i] = int16(min(1, max(0, 1-float64(at-80)/400)) * float64(decoded[len(decoded)-period+at%period]))
	}
	return pcm
}
