// Package media sends the audio of many calls in real time, as session border controllers do: 50 packets a second a leg.
package media

import (
	"fmt"

	"github.com/gotranspile/g722"
	"github.com/thesyncim/gopus"

	"timbre"
	"timbre/rtp/codec"
)

// Format is a codec and the packets of a speaker, of 20 ms each.
type Format struct {
	Payload uint8  // type
	RTPMap  string // as SDP names it
	ticks   uint32 // of the RTP clock in a packet
	packets [][]byte
}

// FormatOf encodes a call of the demo.
func FormatOf(name string) (f Format, err error) {
	channels, err := codec.ReadWAVFile("cmd/timbre/demo/calls/s1_enrol_caller.wav")
	if err != nil {
		return f, err
	}
	pcm := channels[0]
	pcm = pcm[:len(pcm)/timbre.FrameSamples*timbre.FrameSamples]
	f.ticks = timbre.FrameSamples
	switch name {
	case "pcmu":
		f.Payload, f.RTPMap, f.packets = 0, "PCMU/8000", cut(codec.ULaw.Encode(nil, pcm))
	case "pcma":
		f.Payload, f.RTPMap, f.packets = 8, "PCMA/8000", cut(codec.ALaw.Encode(nil, pcm))
	case "g722":
		f.Payload, f.RTPMap, f.packets = 9, "G722/8000", cut(g722.Encode(doubled(pcm), g722.Rate64000, 0))
	case "opus":
		f.Payload, f.RTPMap, f.ticks = 96, "opus/48000/2", 6*timbre.FrameSamples
		f.packets, err = opus(doubled(pcm))
	default:
		err = fmt.Errorf("no codec %q", name)
	}
	return f, err
}

// cut splits audio of a byte a sample into packets.
func cut(b []byte) (packets [][]byte) {
	for ; len(b) >= timbre.FrameSamples; b = b[timbre.FrameSamples:] {
		packets = append(packets, b[:timbre.FrameSamples])
	}
	return packets
}

// opus encodes audio at 16 kHz as telephones do: SILK, 24 kbit/s.
func opus(pcm []int16) (packets [][]byte, err error) {
	const size = 2 * timbre.FrameSamples
	e, err := gopus.NewEncoder(gopus.EncoderConfig{SampleRate: 2 * timbre.SampleRate, Channels: 1, Application: gopus.ApplicationVoIP})
	if err != nil {
		return nil, err
	}
	for _, err := range []error{e.SetBitrate(24000), e.SetMode(gopus.EncoderModeSILK)} {
		if err != nil {
			return nil, err
		}
	}
	for ; len(pcm) >= size; pcm = pcm[size:] {
		b := make([]byte, 1500)
		n, err := e.EncodeInt16(pcm[:size], b)
		if err != nil {
			return nil, err
		}
		packets = append(packets, b[:n])
	}
	return packets, nil
}

// doubled is audio at twice the sample rate.
func doubled(pcm []int16) []int16 {
	out := make([]int16, 0, 2*len(pcm))
	for i, s := range pcm {
		next := pcm[min(i+1, len(pcm)-1)]
		out = append(out, s, int16((int(s)+int(next))/2))
	}
	return out
}
