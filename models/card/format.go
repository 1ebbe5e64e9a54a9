package card

import (
	"time"

	"github.com/goccy/go-yaml"
)

// Format writes a card as Parse reads it.
func (c Card) Format() ([]byte, error) {
	d := document{
		Kind: c.Kind, Name: c.Name, Version: c.Version, File: c.File, SHA256: c.Sum, Licence: c.Licence, Source: c.Source,
		Inputs: c.Inputs, Outputs: c.Outputs, Dimension: c.Dimension, Calibration: c.Calibration, Threshold: c.Threshold,
		Input: input{Form: "waveform", Rate: c.Input.Rate, MinSamples: c.Input.Min, MaxSamples: c.Input.Max, Level: c.Input.Level, FrameSamples: c.Input.Frames.Length, HopSamples: c.Input.Frames.Hop, FrameValues: c.Input.Frames.Values},
	}
	if c.Input.Int16 {
		d.Input.Scale = "int16"
	}
	if f := c.Input.Filterbank; f != nil {
		i := &d.Input
		i.Form, i.Mels, i.FrameMS, i.ShiftMS, i.Window = "filterbank", f.Mels, inMilliseconds(f.Frame), inMilliseconds(f.Shift), f.Window
		i.Preemphasis, i.LowHz, i.HighHz, i.LogFloor, i.Mean = &f.Preemphasis, f.Low, f.High, f.Floor, "none"
		if f.Mean {
			i.Mean = "utterance"
		}
		for name, rows := range layouts {
			if rows == f.FrequencyRow {
				i.Layout = name
			}
		}
	}
	return yaml.MarshalWithOptions(d, yaml.OmitZero())
}

func inMilliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
