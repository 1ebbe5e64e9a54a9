package codec

import (
	"math"

	"timbre"
	"timbre/halfband"
)

// Resample resamples audio from at least 8 kHz to 8 kHz with a polyphase low-pass filter, as flat and as steep as that of Halve. Sample n
// of the result is aligned with n/8000 s of pcm. Beyond its ends pcm counts as silence.
func Resample(pcm []int16, rate int) []int16 {
	if rate == timbre.SampleRate {
		return pcm
	}
	r := newResampler(rate)
	return r.end(r.add(nil, pcm))
}

// resampler is Resample for audio in pieces. It keeps as much of the audio as its filter reaches.
type resampler struct {
	step, phases int // an output sample is step/phases input samples long
	reach        int // input samples that one needs before and after it
	bank         []phase
	near         []int16 // the input around the next output sample
	first        int     // the input sample that near begins with
	made         int     // output samples
}

func newResampler(rate int) *resampler {
	common := gcd(rate, timbre.SampleRate)
	r := &resampler{step: rate / common, phases: timbre.SampleRate / common}
	switch rate {
	case timbre.SampleRate:
	case 2 * timbre.SampleRate:
		r.reach = 2 * len(halfband.Side)
	default:
		r.reach = int(math.Ceil(halfband.Reach*float64(rate)/timbre.SampleRate)) + 1
		r.bank = make([]phase, r.phases)
	}
	return r
}

// add appends to dst what follows from the audio so far, and pcm.
func (r *resampler) add(dst, pcm []int16) []int16 {
	r.near = append(r.near, pcm...)
	for r.at()+r.reach < len(r.near) {
		dst = append(dst, r.next())
	}
	if spent := min(r.at()-r.reach, len(r.near)); spent > 0 {
		r.near, r.first = r.near[:copy(r.near, r.near[spent:])], r.first+spent
	}
	return dst
}

// end appends what is left once there is no more audio.
func (r *resampler) end(dst []int16) []int16 {
	for r.at() < len(r.near) {
		dst = append(dst, r.next())
	}
	return dst
}

// at is the input sample, counted in near, at or before the next output sample.
func (r *resampler) at() int { return r.made*r.step/r.phases - r.first }

func (r *resampler) next() (sample int16) {
	at, part := r.at(), r.made*r.step%r.phases
	r.made++
	switch {
	case r.bank != nil:
		p := &r.bank[part]
		if p.taps == nil {
			*p = newPhase(float64(part)/float64(r.phases), float64(r.step)/float64(r.phases))
		}
		return p.filter(r.near, at)
	case r.reach > 0:
		return halved(r.near, at)
	}
	return r.near[at]
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
