// Package fbank computes log-mel filterbanks as Kaldi does: audio comes in, a row of log energies for each frame goes out. Frames
// lie within the audio alone (snip edges), each has its mean removed, and nothing is random (no dither). The package is pure.
package fbank

import (
	"math"

	"timbre"
)

// Bank computes one form of filterbank. It is safe for concurrent use.
type Bank struct {
	form         timbre.Filterbank
	frame, shift int       // samples
	window       []float64 // of frame values
	spectrum     transform
	filters      []filter
}

// New prepares a filterbank for audio at a rate. The form is one that a model's card admits.
func New(form timbre.Filterbank, rate int) *Bank {
	b := &Bank{form: form, frame: samples(form.Frame.Seconds(), rate), shift: samples(form.Shift.Seconds(), rate)}
	b.window = window(form.Window, b.frame)
	size := 1
	for size < b.frame {
		size *= 2
	}
	b.spectrum = newTransform(size)
	b.filters = filters(form, rate, size)
	return b
}

func samples(seconds float64, rate int) int { return int(math.Round(seconds * float64(rate))) }

// Frames is the number of frames in n samples.
func (b *Bank) Frames(n int) int {
	if n < b.frame {
		return 0
	}
	return 1 + (n-b.frame)/b.shift
}

// Compute returns the log energies of all frames, frame by frame, or filter by filter if the form says so.
func (b *Bank) Compute(pcm []float32) []float32 {
	frames, mels := b.Frames(len(pcm)), len(b.filters)
	out := make([]float32, frames*mels)
	at := func(t, m int) *float32 { return &out[t*mels+m] }
	if b.form.FrequencyRow {
		at = func(t, m int) *float32 { return &out[m*frames+t] }
	}
	power := make([]float64, b.spectrum.size/2)
	work := make([]complex128, b.spectrum.size)
	for t := range frames {
		b.prepare(work, pcm[t*b.shift:][:b.frame])
		b.spectrum.run(work)
		for i := range power {
			power[i] = real(work[i])*real(work[i]) + imag(work[i])*imag(work[i])
		}
		for m, f := range b.filters {
			*at(t, m) = float32(math.Log(max(f.energy(power), b.form.Floor)))
		}
	}
	if b.form.Mean {
		subtractMean(at, frames, mels)
	}
	return out
}

// prepare writes a frame: without its mean, with emphasis on high frequencies, windowed, and filled up with zeros.
func (b *Bank) prepare(work []complex128, pcm []float32) {
	mean := 0.0
	for _, x := range pcm {
		mean += float64(x)
	}
	mean /= float64(len(pcm))
	before := float64(pcm[0]) - mean
	for i, x := range pcm {
		now := float64(x) - mean
		work[i] = complex((now-b.form.Preemphasis*before)*b.window[i], 0)
		before = now
	}
	clear(work[len(pcm):])
}

func subtractMean(at func(t, m int) *float32, frames, mels int) {
	for m := range mels {
		sum := 0.0
		for t := range frames {
			sum += float64(*at(t, m))
		}
		mean := float32(sum / float64(max(1, frames)))
		for t := range frames {
			*at(t, m) -= mean
		}
	}
}
