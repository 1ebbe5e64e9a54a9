package words

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/dsp/fourier"

	"timbre"
)

// Whisper's spectrogram: 80 bands up to 8 kHz, 100 frames a second of 25 ms each.
const (
	bands  = 80
	window = timbre.SampleRate / 40
	hop    = timbre.SampleRate / 100
	bins   = window/2 + 1 // 40 Hz apart, as at 16 kHz
)

// spectrogram returns the log-mel spectrogram of audio at 8 kHz, band by band, as Whisper computes it at 16 kHz. Doubling the sample
// rate adds nothing above 4 kHz, so the frames are taken at 8 kHz, the higher bands are empty, and a window with half the samples
// has a quarter of the power.
func spectrogram(pcm []float32) []float32 {
	const power = 4
	frames := len(pcm) / hop
	out := make([]float32, bands*frames)
	fft, frame, spectrum := fourier.NewFFT(window), make([]float64, window), make([]complex128, bins)
	filters, hann := melFilters(), hannWindow()
	loudest := math.Inf(-1)
	for i := range frames {
		for j := range frame {
			frame[j] = hann[j] * float64(pcm[mirror(i*hop+j-window/2, len(pcm))])
		}
		for b, f := range filters {
			if b == 0 {
				fft.Coefficients(spectrum, frame)
			}
			var sum float64
			for k, w := range f.weights {
				c := spectrum[f.first+k]
				sum += power * w * (real(c)*real(c) + imag(c)*imag(c))
			}
			level := math.Log10(max(1e-10, sum))
			out[b*frames+i], loudest = float32(level), max(loudest, level)
		}
	}
	for i, v := range out {
		out[i] = (max(v, float32(loudest-8)) + 4) / 4
	}
	return out
}

// mirror is the sample at a position that may lie beyond either end.
func mirror(i, n int) int {
	if i < 0 {
		i = -i
	}
	if i >= n {
		i = 2*(n-1) - i
	}
	return min(max(i, 0), n-1)
}

// filter is the triangle of a band: weights of bins from the first one on.
type filter struct {
	first   int
	weights []float64
}

var hannWindow = sync.OnceValue(func() []float64 {
	w := make([]float64, window)
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/window)
	}
	return w
})

// melFilters are triangles on Slaney's mel scale, each of area 1, as far as they lie below 4 kHz.
var melFilters = sync.OnceValue(func() []filter {
	const top, spacing = 2 * timbre.SampleRate / 2, timbre.SampleRate / window
	edge := func(i int) float64 { return hertz(mel(top) * float64(i) / (bands + 1)) }
	filters := make([]filter, bands)
	for b := range filters {
		low, mid, high := edge(b), edge(b+1), edge(b+2)
		f := &filters[b]
		for k := range bins {
			hz := float64(k * spacing)
			if w := min((hz-low)/(mid-low), (high-hz)/(high-mid)); w > 0 {
				if f.weights == nil {
					f.first = k
				}
				f.weights = append(f.weights, w*2/(high-low))
			}
		}
	}
	return filters
})

// Slaney's mel scale is linear up to 1 kHz and logarithmic above.
const (
	linear = 200.0 / 3 // Hz a mel
	knee   = 1000.0
)

var octave = math.Log(6.4) / 27

func mel(hz float64) float64 {
	if hz < knee {
		return hz / linear
	}
	return knee/linear + math.Log(hz/knee)/octave
}

func hertz(mel float64) float64 {
	if mel < knee/linear {
		return mel * linear
	}
	return knee * math.Exp(octave*(mel-knee/linear))
}
