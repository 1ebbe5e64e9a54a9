package main

import (
	"math"
	"math/rand/v2"

	"timbre"
	"timbre/rtp/codec"
)

// line is the channel of a call.
type line struct {
	name  string
	floor float64 // dBFS of the constant noise; 0: none, pauses are digital silence
	noisy side    // these also have coloured noise, 10 to 20 dB below the voice, and a level of their own
}

// side says which of the two recordings that are compared.
type side uint8

const (
	none side = iota
	tested
	both
)

var lines = []line{
	{"line noise at -60 dBFS", -60, none},
	{"digital silence in pauses", 0, none},
	{"test side noisy, 10-20 dB", -60, tested},
	{"both sides noisy, 10-20 dB", -60, both},
}

const voiceLevel = -24 // dBFS of the utterances, all together

// leg makes one leg of a call: the utterances, each after a pause of 0.3 to 1.5 s, through the line. test says which side.
func (l line) leg(utterances [][]int16, test bool, r *rand.Rand) []int16 {
	var voice []float64
	for _, u := range utterances {
		voice = append(voice, make([]float64, timbre.SampleRate*3/10+r.IntN(timbre.SampleRate*12/10))...)
		for _, s := range u {
			voice = append(voice, float64(s)/32768)
		}
	}
	voice = append(voice, make([]float64, timbre.SampleRate)...)
	level, speech := float64(voiceLevel), loudness(voice)
	noise := make([]float64, len(voice))
	if l.noisy == both || l.noisy == tested && test {
		level = -30 + 10*r.Float64()
		coloured(noise, r)
		scale(noise, gain(level-10-10*r.Float64())/rms(noise))
	}
	scale(voice, gain(level)/speech)
	for i := range voice {
		voice[i] += noise[i]
		if l.floor != 0 {
			voice[i] += gain(l.floor) * r.NormFloat64()
		}
	}
	bandpass(voice)
	pcm := make([]int16, len(voice))
	for i, v := range voice {
		pcm[i] = int16(math.Round(32768 * max(-0.999, min(0.999, v))))
	}
	return codec.ULaw.Decode(nil, codec.ULaw.Encode(nil, pcm))
}

func gain(dB float64) float64 { return math.Pow(10, dB/20) }

func rms(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum/float64(len(x))) + 1e-9
}

// loudness is the RMS level outside pauses.
func loudness(x []float64) float64 {
	var sum, n float64
	for _, v := range x {
		if v != 0 {
			sum += v * v
			n++
		}
	}
	return math.Sqrt(sum/max(n, 1)) + 1e-9
}

func scale(x []float64, by float64) {
	for i := range x {
		x[i] *= by
	}
}

// coloured fills x with noise through a first-order filter: from deep to bright, as the pole falls.
func coloured(x []float64, r *rand.Rand) {
	pole, last := -0.3+1.2*r.Float64(), 0.0
	for i := range x {
		last = r.NormFloat64() + pole*last
		x[i] = last
	}
}

// bandpass keeps 300 to 3,400 Hz: two second-order Butterworth sections at either end.
func bandpass(x []float64) {
	for range 2 {
		filter(x, 300, true)
		filter(x, 3400, false)
	}
}

// filter is a second-order Butterworth section by the bilinear transform.
func filter(x []float64, corner float64, high bool) {
	k := math.Tan(math.Pi * corner / timbre.SampleRate)
	norm := 1 / (1 + math.Sqrt2*k + k*k)
	b0, b1 := k*k*norm, 2*k*k*norm
	if high {
		b0, b1 = norm, -2*norm
	}
	a1, a2 := 2*(k*k-1)*norm, (1-math.Sqrt2*k+k*k)*norm
	var x1, x2, y1, y2 float64
	for i, v := range x {
		y := b0*v + b1*x1 + b0*x2 - a1*y1 - a2*y2
		x1, x2, y1, y2 = v, x1, y, y1
		x[i] = y
	}
}
