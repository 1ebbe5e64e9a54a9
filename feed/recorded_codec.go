package feed

import (
	"encoding/binary"
	"errors"
	"fmt"

	"timbre"
	"timbre/feed/matroska"
)

// recordedCodec is the codec of a track of audio. Amazon Connect calls its linear PCM A_AAC, because streams of Kinesis know that name.
func recordedCodec(t matroska.Track) (timbre.Codec, error) {
	encoding := linearPCM
	switch {
	case t.Channels != 1:
		return 0, fmt.Errorf("%d channels: it must have one", t.Channels)
	case t.Codec == "A_AAC" && (t.Name == fromCustomer || t.Name == toCustomer):
		return timbre.LinearPCM, nil
	case t.Codec == "A_MS/ACM":
		return waveCodec(t.Private)
	case t.Codec == "A_PCM/INT/BIG":
		encoding = timbre.L16.Name() // its byte order is found from the audio
	case t.Codec != "A_PCM/INT/LIT":
		return 0, fmt.Errorf("%.32q cannot be decoded: send A_PCM/INT/LIT, or G.711 as A_MS/ACM", t.Codec)
	}
	if t.Bits != 16 && t.Bits != 0 {
		return 0, fmt.Errorf("samples of %d bits: they must have 16", t.Bits)
	}
	return rated(encoding, t.Rate)
}

// waveEncodings are the formats of WAVEFORMATEX that can be decoded.
var waveEncodings = map[uint16]string{1: linearPCM, 6: "alaw", 7: "mulaw"}

// waveCodec is the codec that a WAVEFORMATEX describes: format, channels, rate, bytes a second and a block, bits.
func waveCodec(private []byte) (timbre.Codec, error) {
	if len(private) < 16 {
		return 0, errors.New("its CodecPrivate is no WAVEFORMATEX")
	}
	word := func(at int) uint16 { return binary.LittleEndian.Uint16(private[at:]) }
	encoding, known := waveEncodings[word(0)]
	if !known || word(2) != 1 || word(0) == 1 && word(14) != 16 {
		return 0, fmt.Errorf("format %d with %d channels and %d bits cannot be decoded", word(0), word(2), word(14))
	}
	return rated(encoding, float64(binary.LittleEndian.Uint32(private[4:])))
}

// rated is the codec of an encoding at a rate.
func rated(encoding string, rate float64) (timbre.Codec, error) {
	if rate != 8000 && rate != 16000 {
		return 0, fmt.Errorf("%v Hz: it must have 8000 or 16000", rate)
	}
	codec, _ := timbre.ParseEncoding(encoding, int(rate))
	return codec, nil
}
