package codec

import (
	"math"

	"timbre"
	"timbre/halfband"
)

// Resample resamples audio from at least 8 kHz to 8 kHz with a polyphase low-pass filter, as flat and as steep as that of Halve. Sample n of the result is aligned with
// n/8000 s of pcm. Beyond its ends pcm counts as silence.
func Resample(pcm []int16, rate int) []int16 {
	switch rate {
	case timbre.SampleRate:
		return pcm
	case 2 * timbre.SampleRate:
		return Halve(pcm)
	}
	common := gcd(rate, timbre.SampleRate)
	step, phases := rate/common, timbre.SampleRate/common
	bank := make([]phase, phases)
	out := make([]int16, (len(pcm)*phases+step-1)/step)
	for n := range out {
		at := n * step // in parts of a sample of pcm
		p := &bank[at%phases]
		if p.taps == nil {
			*p = newPhase(float64(at%phases)/float64(phases), float64(rate)/timbre.SampleRate)
		}
		out[n] = p.filter(pcm, at/phases)
	}
	return out
}

// phase is the filter for one position of output samples between two input samples.
type phase struct {
	first int // the input sample of the first tap, counted from the one at or before the output sample
	taps  []float32
}

// newPhase makes the filter for output samples that lie a fraction of an input sample after one; ratio is how many input
// samples an output sample is long. Its gain at 0 Hz is one.
func newPhase(fraction, ratio float64) phase {
	reach := halfband.Reach * ratio
	p := phase{first: int(math.Ceil(fraction - reach))}
	var taps []float64
	sum := 0.0
	for i := p.first; float64(i) <= fraction+reach; i++ {
		x := (float64(i) - fraction) / ratio
		t := sinc(x) * halfband.Kaiser(x/halfband.Reach)
		taps, sum = append(taps, t), sum+t
	}
	p.taps = make([]float32, len(taps))
	for i, t := range taps {
		p.taps[i] = float32(t / sum)
	}
	return p
}

func (p *phase) filter(pcm []int16, at int) int16 {
	from := at + p.first
	taps := p.taps[max(0, -from):]
	in := pcm[max(0, from):min(len(pcm), from+len(p.taps))]
	var sum float32
	for i, s := range in {
		sum += taps[i] * float32(s)
	}
	return int16(min(max(math.RoundToEven(float64(sum)), math.MinInt16), math.MaxInt16))
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
