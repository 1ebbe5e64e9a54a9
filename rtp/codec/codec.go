// Package codec decodes telephone audio. Payloads of G.711 (which it also encodes), G.722 and Opus come in, and WAV files; 16-bit
// linear PCM at 8 kHz goes out, as the models take it. Audio at a higher rate is resampled. It knows neither packets nor time:
// that is rtp.
package codec

import "slices"

// Law is one of the two companding laws of G.711.
type Law uint8

const (
	ULaw Law = iota + 1
	ALaw
)

func (l Law) String() string { return [...]string{"", "µ-law", "A-law"}[l] }

// Silence is the code word of digital silence.
func (l Law) Silence() byte {
	if l == ALaw {
		return 0xD5
	}
	return 0xFF
}

// Decode appends the samples of a payload, one a byte, to dst.
func (l Law) Decode(dst []int16, payload []byte) []int16 {
	table := &fromULaw
	if l == ALaw {
		table = &fromALaw
	}
	from := len(dst)
	dst = slices.Grow(dst, len(payload))[:from+len(payload)]
	for i, b := range payload {
		dst[from+i] = table[b]
	}
	return dst
}

// Encode appends the code words of pcm, one a sample, to dst: for each sample the word whose interval between two decision values
// of the recommendation contains it.
func (l Law) Encode(dst []byte, pcm []int16) []byte {
	word := toULaw
	if l == ALaw {
		word = toALaw
	}
	for _, s := range pcm {
		dst = append(dst, word(s))
	}
	return dst
}

const (
	ulawBias = 0x84  // makes the eight segments of µ-law powers of two
	ulawClip = 32635 // beyond it the bias would overflow 15 bits
)

func toULaw(s int16) byte {
	m, sign := int32(s), byte(0xFF)
	if m < 0 {
		m, sign = -m, 0x7F
	}
	m = min(m, ulawClip) + ulawBias
	seg := segments[m>>7]
	return sign ^ (seg<<4 | byte(m>>(seg+3))&0x0F)
}

func toALaw(s int16) byte {
	m, sign := int32(s), byte(0xD5)
	if m < 0 {
		m, sign = -m-1, 0x55
	}
	seg := segments[m>>7]
	if seg == 0 {
		return sign ^ byte(m>>4)
	}
	return sign ^ (seg<<4 | byte(m>>(seg+3))&0x0F)
}
