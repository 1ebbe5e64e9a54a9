package card

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"timbre"
)

// input is the section input of a card: how the network takes audio.
type input struct {
	Form       string  `yaml:"form"` // waveform or filterbank
	Rate       int     `yaml:"rate"`
	MinSamples int     `yaml:"min_samples"`
	MaxSamples int     `yaml:"max_samples"`
	Level      float64 `yaml:"level"`
	Scale      string  `yaml:"scale"` // unit or int16

	FrameSamples int `yaml:"frame_samples"` // of a network that keeps what it has made of earlier audio
	HopSamples   int `yaml:"hop_samples"`
	FrameValues  int `yaml:"frame_values"`

	Mels        int      `yaml:"mels"`
	FrameMS     float64  `yaml:"frame_ms"`
	ShiftMS     float64  `yaml:"shift_ms"`
	Window      string   `yaml:"window"`
	Preemphasis *float64 `yaml:"preemphasis"`
	LowHz       float64  `yaml:"low_hz"`
	HighHz      float64  `yaml:"high_hz"`
	LogFloor    float64  `yaml:"log_floor"`
	Mean        string   `yaml:"mean"`   // utterance or none
	Layout      string   `yaml:"layout"` // [1,T,F] or [1,F,T]
	Dither      float64  `yaml:"dither"`
}

// filterbankKeys are meaningless in the form waveform.
func (i input) filterbankKeys() input {
	i.Form, i.Rate, i.MinSamples, i.MaxSamples, i.Level, i.Scale = "", 0, 0, 0, 0, ""
	i.FrameSamples, i.HopSamples, i.FrameValues = 0, 0, 0
	return i
}

// rule is a demand on a value, and what is wrong if it is not met.
type rule struct {
	met   bool
	wrong string
}

// broken returns the first rule that is not met, as an error.
func broken(rules []rule) error {
	for _, r := range rules {
		if !r.met {
			return invalid("input.%s", r.wrong)
		}
	}
	return nil
}

func within[T int | float64](x, least, most T) bool { return x >= least && x <= most }

func oneOf(s string, list ...string) bool { return slices.Contains(list, s) }

// audio checks the section and fills in its defaults.
func (i input) audio() (a timbre.AudioInput, err error) {
	a = timbre.AudioInput{Rate: i.Rate, Min: i.MinSamples, Max: i.MaxSamples, Level: i.Level, Int16: i.Scale == "int16", Frames: timbre.Frames{Length: i.FrameSamples, Hop: i.HopSamples, Values: i.FrameValues}}
	most := i.MaxSamples
	if most == 0 {
		most = 60 * i.Rate
	}
	if err := broken([]rule{
		{i.Rate == timbre.SampleRate || i.Rate == 2*timbre.SampleRate, fmt.Sprintf("rate is %d, not 8000 or 16000", i.Rate)},
		{oneOf(i.Scale, "", "unit", "int16"), fmt.Sprintf("scale is %q, not unit or int16", i.Scale)},
		{within(i.MaxSamples, 0, 60*i.Rate), fmt.Sprintf("max_samples is %d, not 0 (no limit) to those of a minute", i.MaxSamples)},
		{i.MaxSamples%2 == 0, fmt.Sprintf("max_samples is odd: %d", i.MaxSamples)},
		{within(i.MinSamples, 0, most), fmt.Sprintf("min_samples is %d, not 0 to max_samples or those of a minute", i.MinSamples)},
		{within(i.Level, -100, 0), fmt.Sprintf("level is %v, not a level of -100 dBFS to 0 (as it is)", i.Level)},
		{oneOf(i.Form, "waveform", "filterbank"), fmt.Sprintf("form is %q, not waveform or filterbank", i.Form)},
		{i.Form != "waveform" || i.filterbankKeys() == input{}, "form is waveform, and there are keys of a filterbank"},
	}); err != nil {
		return a, err
	}
	if a.Frames != (timbre.Frames{}) {
		if err := i.checkFrames(); err != nil {
			return a, err
		}
	}
	if i.Form == "filterbank" {
		a.Filterbank, err = i.filterbank()
	}
	return a, err
}

// checkFrames checks the keys of frames: a level would be that of all the audio, and other rates are made of all of it.
func (i input) checkFrames() error {
	return broken([]rule{
		{i.Form == "waveform" && i.Rate == timbre.SampleRate && i.Level == 0, "frame_samples belongs to the form waveform at rate 8000 without a level"},
		{within(i.FrameSamples, 8, timbre.SampleRate), fmt.Sprintf("frame_samples is %d, not 8 to 8000", i.FrameSamples)},
		{within(i.HopSamples, 8, i.FrameSamples), fmt.Sprintf("hop_samples is %d, not 8 to frame_samples", i.HopSamples)},
		{within(i.FrameValues, 1, maxDimension), fmt.Sprintf("frame_values is %d, not 1 to %d", i.FrameValues, maxDimension)},
		{i.MinSamples >= i.FrameSamples+i.HopSamples, fmt.Sprintf("min_samples is %d, less than two frames", i.MinSamples)},
	})
}

// layouts say whether a filterbank's rows are frequencies.
var layouts = map[string]bool{"[1,T,F]": false, "[1,F,T]": true}

// filterbank checks the keys of a filterbank and fills in Kaldi's defaults.
func (i input) filterbank() (*timbre.Filterbank, error) {
	rows, known := layouts[strings.ReplaceAll(i.Layout, " ", "")]
	f := &timbre.Filterbank{
		Mels: i.Mels, Frame: milliseconds(i.FrameMS), Shift: milliseconds(i.ShiftMS), Window: i.Window, Preemphasis: 0.97,
		Low: i.LowHz, High: i.HighHz, Floor: i.LogFloor, Mean: i.Mean == "utterance", FrequencyRow: rows,
	}
	if i.Preemphasis != nil {
		f.Preemphasis = *i.Preemphasis
	}
	if f.High == 0 {
		f.High = float64(i.Rate) / 2
	}
	if f.Floor == 0 {
		f.Floor = 1.1920929e-07 // the least step of float32 above 1
	}
	return f, broken([]rule{
		{within(f.Mels, 8, 256), fmt.Sprintf("mels is %d, not 8 to 256", f.Mels)},
		{within(i.FrameMS, 5, 100), fmt.Sprintf("frame_ms is %v, not 5 to 100", i.FrameMS)},
		{within(i.ShiftMS, 1, i.FrameMS), fmt.Sprintf("shift_ms is %v, not 1 to frame_ms", i.ShiftMS)},
		{oneOf(f.Window, "povey", "hamming", "hann"), fmt.Sprintf("window is %q, not povey, hamming or hann", f.Window)},
		{within(f.Preemphasis, 0, 1), fmt.Sprintf("preemphasis is %v, not 0 to 1", f.Preemphasis)},
		{within(f.High, 0, float64(i.Rate)/2), fmt.Sprintf("high_hz is %v, not 0 (half the rate) to half the rate", i.HighHz)},
		{within(f.Low, 0, f.High) && f.Low < f.High, fmt.Sprintf("low_hz is %v, not 0 to below high_hz", f.Low)},
		{within(f.Floor, 1e-30, 1), fmt.Sprintf("log_floor is %v, not above 0 and at most 1", f.Floor)},
		{oneOf(i.Mean, "utterance", "none"), fmt.Sprintf("mean is %q, not utterance or none", i.Mean)},
		{known, fmt.Sprintf("layout is %q, not [1,T,F] or [1,F,T]", i.Layout)},
		{i.Dither == 0, "dither is not 0: the same audio must give the same embedding"},
	})
}

func milliseconds(x float64) time.Duration { return time.Duration(x * float64(time.Millisecond)) }
