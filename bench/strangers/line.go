package main

import (
	"math/rand/v2"

	"timbre"
	"timbre/bench/ffmpeg"
	"timbre/bench/line"
)

// call is a voice with pauses on its way through a line.
type call struct {
	voice  []float64
	babble func() []float64 // of other people
	random *rand.Rand
}

// track is a kind of line.
type track struct {
	name string
	send func(c call) ([]int16, error)
}

var tracks = []track{
	{"clean", func(c call) ([]int16, error) { return c.sent(-12 * c.random.Float64()) }},
	{"noise", func(c call) ([]int16, error) {
		c.add(coloured(c), 3+17*c.random.Float64())
		return c.sent(-12 * c.random.Float64())
	}},
	{"white noise, 5 dB", func(c call) ([]int16, error) { c.add(white(c), 5); return c.sent(0) }},
	{"babble", func(c call) ([]int16, error) { c.add(c.babble(), 6+10*c.random.Float64()); return c.sent(0) }},
	{"quiet", func(c call) ([]int16, error) { return c.sent(-10 - 10*c.random.Float64()) }},
	{"loud, clipped", func(c call) ([]int16, error) { return c.sent(10 + 8*c.random.Float64()) }},
	{"GSM", gsm},
	{"GSM, noise", func(c call) ([]int16, error) {
		c.add(coloured(c), 8+10*c.random.Float64())
		return gsm(c)
	}},
}

// sent is the call through the band and the codec of a telephone, at a gain in dB.
func (c call) sent(gain float64) ([]int16, error) {
	line.Scale(c.voice, line.Gain(gain))
	for i := range c.voice {
		c.voice[i] += line.Gain(-60) * c.random.NormFloat64()
	}
	line.Bandpass(c.voice)
	return line.MuLaw(line.PCM(c.voice)), nil
}

// gsm is a mobile telephone before the trunk.
func gsm(c call) ([]int16, error) {
	pcm, err := c.sent(0)
	if err != nil {
		return nil, err
	}
	pcm, err = ffmpeg.Transcode(pcm, "gsm", "-c:a", "libgsm")
	return line.MuLaw(pcm), err
}

// add adds noise that is so many dB below the voice.
func (c call) add(noise []float64, below float64) {
	by := line.Loudness(c.voice) / line.RMS(noise) * line.Gain(-below)
	for i := range c.voice {
		c.voice[i] += by * noise[i%len(noise)]
	}
}

func coloured(c call) []float64 {
	noise := make([]float64, len(c.voice))
	line.Coloured(noise, c.random)
	return noise
}

func white(c call) []float64 {
	noise := make([]float64, len(c.voice))
	for i := range noise {
		noise[i] = c.random.NormFloat64()
	}
	return noise
}

// spoken is utterances with pauses of 0.3 to 1.2 s before each, at the level of a voice.
func spoken(utterances [][]int16, r *rand.Rand) (voice []float64) {
	for _, u := range utterances {
		voice = append(voice, make([]float64, timbre.SampleRate*3/10+r.IntN(timbre.SampleRate*9/10))...)
		voice = append(voice, line.Wave(u)...)
	}
	line.Scale(voice, line.Gain(line.VoiceLevel)/line.Loudness(voice))
	return voice
}
