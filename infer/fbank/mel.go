package fbank

import (
	"math"

	"timbre"
)

// filter is a triangle on the mel scale: its weights, from a bin of the power spectrum on.
type filter struct {
	first   int
	weights []float64
}

func (f filter) energy(power []float64) (sum float64) {
	for i, w := range f.weights {
		sum += w * power[f.first+i]
	}
	return sum
}

// filters spaces the triangles evenly in mel between the form's limits. size is that of the transform.
func filters(form timbre.Filterbank, rate, size int) []filter {
	low, width := mel(form.Low), (mel(form.High)-mel(form.Low))/float64(form.Mels+1)
	all := make([]filter, form.Mels)
	for m := range all {
		left := low + float64(m)*width
		for bin := range size / 2 {
			at := (mel(float64(bin)*float64(rate)/float64(size)) - left) / width // the peak is at 1
			if at <= 0 || at >= 2 {
				continue
			}
			if len(all[m].weights) == 0 {
				all[m].first = bin
			}
			all[m].weights = append(all[m].weights, min(at, 2-at))
		}
	}
	return all
}

func mel(hz float64) float64 { return 1127 * math.Log(1+hz/700) }

// window is the window of n values; its name is povey, hamming or hann.
func window(name string, n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		cos := math.Cos(2 * math.Pi * float64(i) / float64(n-1))
		switch name {
		case "hamming":
			all[i] = 0.54 - 0.46*cos
		case "hann":
			all[i] = 0.5 - 0.5*cos
		default:
			all[i] = math.Pow(0.5-0.5*cos, 0.85)
		}
	}
	return all
}
