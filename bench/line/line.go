// Package line simulates telephone lines for benchmarks: the band, levels, noise and echo, the sounds that calls begin with, codecs
// and lost packets. Audio is at 8 kHz, in [-1, 1) before a codec and 16 bits after it.
package line

import (
	"math/rand/v2"

	"timbre"
)

// Line is the channel of a call.
type Line struct {
	Name  string
	Floor float64 // dBFS of the constant noise; 0: none, pauses are digital silence
	Noisy Side    // these also have coloured noise, 10 to 20 dB below the voice, and a level of their own
}

// Side says which of the two recordings that are compared.
type Side uint8

const (
	None Side = iota
	Tested
	Both
)

// Lines are a quiet line, and worse ones.
var Lines = []Line{
	{"line noise at -60 dBFS", -60, None},
	{"digital silence in pauses", 0, None},
	{"test side noisy, 10-20 dB", -60, Tested},
	{"both sides noisy, 10-20 dB", -60, Both},
}

// VoiceLevel is the level of a voice.
const VoiceLevel = -24 // dBFS of the utterances, all together

// Leg makes one leg of a call: the utterances, each after a pause of 0.3 to 1.5 s, through the line. test says which side.
func (l Line) Leg(utterances [][]int16, test bool, r *rand.Rand) []int16 {
	var voice []float64
	for _, u := range utterances {
		voice = append(voice, make([]float64, timbre.SampleRate*3/10+r.IntN(timbre.SampleRate*12/10))...)
		for _, s := range u {
			voice = append(voice, float64(s)/32768)
		}
	}
	voice = append(voice, make([]float64, timbre.SampleRate)...)
	level, speech := float64(VoiceLevel), Loudness(voice)
	noise := make([]float64, len(voice))
	if l.Noisy == Both || l.Noisy == Tested && test {
		level = -30 + 10*r.Float64()
		Coloured(noise, r)
		Scale(noise, Gain(level-10-10*r.Float64())/RMS(noise))
	}
	Scale(voice, Gain(level)/speech)
	for i := range voice {
		voice[i] += noise[i]
		if l.Floor != 0 {
			voice[i] += Gain(l.Floor) * r.NormFloat64()
		}
	}
	Bandpass(voice)
	return MuLaw(PCM(voice))
}
