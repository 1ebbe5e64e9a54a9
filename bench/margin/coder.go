package main

import (
	"math"

	"github.com/gotranspile/g722"
	"github.com/thesyncim/gopus"

	"timbre"
	"timbre/rtp/codec"
)

// coder is a codec with packets of 20 ms, and what can take the place of one that is lost.
type coder struct {
	name     string
	codec    timbre.Codec
	bits     int // a second, of Opus
	mode     gopus.EncoderMode
	spare    bool // a packet tells of the one before
	fillings []filling
}

var usual = []filling{silent, joined, concealed}

var coders = []coder{
	{name: "µ-law", codec: timbre.PCMU, fillings: usual},
	{name: "G.722", codec: timbre.G722, fillings: usual},
	{name: "Opus 16 kbit/s, SILK", codec: timbre.Opus, bits: 16000, mode: gopus.EncoderModeSILK, fillings: usual},
	{name: "Opus 48 kbit/s, CELT", codec: timbre.Opus, bits: 48000, mode: gopus.EncoderModeCELT, fillings: usual},
	{name: "Opus 24 kbit/s, FEC", codec: timbre.Opus, bits: 24000, mode: gopus.EncoderModeSILK, spare: true, fillings: append(usual, spared)},
}

// encode gives the packets of a leg, which comes at 16 kHz.
func (c coder) encode(pcm []int16) (packets [][]byte, err error) {
	const size = 2 * timbre.FrameSamples
	pcm = pcm[:len(pcm)/size*size]
	switch c.codec {
	case timbre.PCMU:
		return cut(codec.ULaw.Encode(nil, codec.Halve(pcm))), nil
	case timbre.G722:
		return cut(g722.Encode(pcm, g722.Rate64000, 0)), nil
	}
	e, err := gopus.NewEncoder(gopus.EncoderConfig{SampleRate: 2 * timbre.SampleRate, Channels: 1, Application: gopus.ApplicationVoIP})
	if err != nil {
		return nil, err
	}
	e.SetFEC(c.spare)
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

// cut gives packets of a byte a sample.
func cut(b []byte) (packets [][]byte) {
	for ; len(b) > 0; b = b[timbre.FrameSamples:] {
		packets = append(packets, b[:timbre.FrameSamples])
	}
	return packets
}

// doubled is audio at twice the rate.
func doubled(pcm []int16) []int16 {
	out := make([]int16, 0, 2*len(pcm))
	for i, s := range pcm {
		next := pcm[min(i+1, len(pcm)-1)]
		out = append(out, s, int16((int(s)+int(next))/2))
	}
	return out
}

// decode gives the frames of packets some of which are lost.
func (c coder) decode(packets [][]byte, lost []bool, how filling) (frames []timbre.Frame, err error) {
	d, err := codec.NewDecoder(c.codec)
	if err != nil {
		return nil, err
	}
	maker, err := gopus.NewDecoder(gopus.DefaultDecoderConfig(timbre.SampleRate, 1))
	if err != nil {
		return nil, err
	}
	var heard []int16
	missing := 0 // samples, of the last packets
	for i, p := range packets {
		var pcm []int16
		switch {
		case !lost[i]:
			if pcm, err = d.Decode(nil, p); err == nil && c.codec == timbre.Opus && how == concealed {
				_, err = maker.DecodeInt16(p, pcm)
			}
			missing = 0
		case how == concealed && c.codec == timbre.Opus:
			pcm = make([]int16, timbre.FrameSamples)
			_, err = maker.DecodeInt16(nil, pcm)
		case how == concealed:
			pcm = repeated(heard, missing)
			missing += timbre.FrameSamples
		case how == spared && i+1 < len(packets) && !lost[i+1]:
			if pcm = d.Recover(nil, timbre.FrameSamples, packets[i+1]); len(pcm) == 0 {
				continue
			}
		default:
			pcm = make([]int16, timbre.FrameSamples)
			d.Recover(nil, timbre.FrameSamples, nil)
		}
		if err != nil {
			return nil, err
		}
		if !lost[i] {
			heard = append(heard, pcm...)
		}
		if !lost[i] || how != joined {
			frames = append(frames, timbre.Frame{At: timbre.Duration(i * timbre.FrameSamples), PCM: pcm})
		}
	}
	return frames, nil
}

// repeated goes on with the last period of the voice, missing samples after the end of what was heard: as it was for 10 ms,
// then fading to silence within 50.
func repeated(heard []int16, missing int) []int16 {
	pcm := make([]int16, timbre.FrameSamples)
	const shortest, longest, window = 40, 120, 160 // samples: 200 to 67 Hz
	if len(heard) < window+longest {
		return pcm
	}
	best, period := 0.0, shortest
	for lag := shortest; lag <= longest; lag++ {
		var both, then float64
		for i := len(heard) - window; i < len(heard); i++ {
			both += float64(heard[i]) * float64(heard[i-lag])
			then += float64(heard[i-lag]) * float64(heard[i-lag])
		}
		if like := both / math.Sqrt(then+1); like > best {
			best, period = like, lag
		}
	}
	for i := range pcm {
		at := missing + i
		pcm[i] = int16(min(1, max(0, 1-float64(at-80)/400)) * float64(heard[len(heard)-period+at%period]))
	}
	return pcm
}
