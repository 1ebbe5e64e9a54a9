package speech

import (
	"math"
	"math/cmplx"

	"timbre"
)

// A spectrum is of the last two windows, 64 ms: fine enough to tell the lines of tones apart.
const (
	spectrumSize = 2 * Window
	bins         = spectrumSize / 2
	binWidth     = float64(timbre.SampleRate) / spectrumSize // Hz
)

// spectrum is the power in each bin.
type spectrum [bins]float32

// power is the power between two frequencies.
func (s *spectrum) power(from, to float64) (sum float32) {
	for _, p := range s.between(from, to) {
		sum += p
	}
	return sum
}

// middle is the mean frequency between two, weighted by power.
func (s *spectrum) middle(from, to float64) float64 {
	var sum, weighted float64
	for i, p := range s.between(from, to) {
		sum += float64(p)
		weighted += float64(p) * float64(i)
	}
	return (math.Round(from/binWidth) + weighted/(sum+1e-20)) * binWidth
}

func (s *spectrum) between(from, to float64) []float32 {
	return s[int(math.Round(from/binWidth)) : int(math.Round(to/binWidth))+1]
}

// analyser computes the spectra of a leg, window by window.
type analyser struct {
	last [spectrumSize]float64
	work [bins]complex128
}

// The tables of the transform: a Hann window, the factors and the order of the pairs of samples.
var hann, factors, order = transformTables()

func transformTables() (window [spectrumSize]float64, factor [bins]complex128, order [bins]int) {
	for i := range window {
		window[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/spectrumSize)
	}
	for i := range factor {
		factor[i] = cmplx.Rect(1, -2*math.Pi*float64(i)/spectrumSize)
	}
	for i := range order {
		for bit, k := bins/2, i; bit > 0; bit, k = bit/2, k/2 {
			order[i] += bit * (k % 2)
		}
	}
	return window, factor, order
}

// add takes a window, complete or not, and returns the spectrum that ends with it. Samples are real, so two at a time are the parts of one complex
// number, and the transform of these is that of the even samples and that of the odd ones, which are taken apart again.
func (a *analyser) add(pcm []int16) (s spectrum) {
	copy(a.last[:], a.last[len(pcm):])
	for i, x := range pcm {
		a.last[spectrumSize-len(pcm)+i] = float64(x) / 32768
	}
	for i := range a.work {
		a.work[order[i]] = complex(a.last[2*i]*hann[2*i], a.last[2*i+1]*hann[2*i+1])
	}
	transform(&a.work)
	for i := range s {
		z, mirror := a.work[i], cmplx.Conj(a.work[-i&(bins-1)])
		even, odd := z+mirror, (z-mirror)*factors[i] // twice the transforms, the odd one turned by a quarter
		re, im := real(even)+imag(odd), imag(even)-real(odd)
		s[i] = float32((re*re + im*im) / 4)
	}
	return s
}

// transform is the fast Fourier transform of values in their order.
func transform(x *[bins]complex128) {
	for half := 1; half < bins; half *= 2 {
		step := bins / half
		for start := 0; start < bins; start += 2 * half {
			low, high := x[start:start+half], x[start+half:start+2*half]
			for k := range low {
				a, b := low[k], high[k]*factors[k*step]
				low[k], high[k] = a+b, a-b
			}
		}
	}
}

func (a *analyser) restart() { a.last = [spectrumSize]float64{} }
