package infer

import (
	"math"

	"timbre"
	"timbre/halfband"
	"timbre/infer/fbank"
)

// front makes the first input of a network from audio at 8 kHz, as the model's card says.
type front struct {
	form timbre.AudioInput
	bank *fbank.Bank // nil: the network takes samples
}

func newFront(form timbre.AudioInput) front {
	f := front{form: form}
	if form.Rate == 0 {
		f.form.Rate = timbre.SampleRate
	}
	if form.Filterbank != nil {
		f.bank = fbank.New(*form.Filterbank, f.form.Rate)
	}
	return f
}

// tensor returns the input for audio. Unprocessable: the audio is too short.
func (f front) tensor(pcm []float32) (Tensor, error) {
	ratio := f.form.Rate / timbre.SampleRate
	if extra := len(pcm) - f.form.Max/ratio; f.form.Max > 0 && extra > 0 {
		pcm = pcm[extra:]
	}
	if ratio == 2 {
		pcm = halfband.Double(pcm)
	}
	if err := f.enough(pcm); err != nil {
		return Tensor{}, err
	}
	if f.bank == nil {
		return f.samples(pcm), nil
	}
	pcm = f.scale(pcm)
	frames, mels := int64(f.bank.Frames(len(pcm))), int64(f.form.Filterbank.Mels)
	shape := []int64{1, frames, mels}
	if f.form.Filterbank.FrequencyRow {
		shape = []int64{1, mels, frames}
	}
	return Tensor{Shape: shape, Float: f.bank.Compute(pcm)}, nil
}

// enough is Unprocessable if the audio, at the network's rate, is too short.
func (f front) enough(pcm []float32) error {
	if len(pcm) < max(1, f.form.Min) || f.bank != nil && f.bank.Frames(len(pcm)) == 0 {
		return timbre.Errorf(timbre.Unprocessable, "infer.Wave", "too short: the model needs more than %.2f s of audio", float64(len(pcm))/float64(f.form.Rate))
	}
	return nil
}

// samples is the input of a network that takes samples.
func (f front) samples(pcm []float32) Tensor {
	return Tensor{Shape: []int64{1, int64(len(pcm))}, Float: f.scale(pcm)}
}

// scale returns the audio at the model's level and range. Digital silence stays silent.
func (f front) scale(pcm []float32) []float32 {
	gain := 1.0
	if f.form.Level != 0 {
		power := 0.0
		for _, x := range pcm {
			power += float64(x) * float64(x)
		}
		if power > 0 {
			gain = math.Pow(10, f.form.Level/20) / math.Sqrt(power/float64(len(pcm)))
		}
	}
	if f.form.Int16 {
		gain *= 1 << 15
	}
	if gain == 1 {
		return pcm
	}
	out := make([]float32, len(pcm))
	for i, x := range pcm {
		out[i] = float32(gain * float64(x))
	}
	return out
}
