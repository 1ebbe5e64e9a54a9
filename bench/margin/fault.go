package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"timbre"
	"timbre/bench/corpus"
	"timbre/bench/line"
	"timbre/search"
	"timbre/speech"
	"timbre/voice"
)

// impairment is what is wrong with the audio of a test.
type impairment struct {
	name          string
	gain          float64 // dB; what exceeds the range is clipped
	noise         bool
	signalToNoise float64 // dB
}

var impairments = []impairment{
	{name: "none"},
	{name: "12 dB too loud", gain: 12},
	{name: "18 dB too loud", gain: 18},
	{name: "24 dB too loud", gain: 24},
	{name: "30 dB too loud", gain: 30},
	{name: "36 dB too loud", gain: 36},
	{name: "24 dB too quiet", gain: -24},
	{name: "30 dB too quiet", gain: -30},
	{name: "36 dB too quiet", gain: -36},
	{name: "42 dB too quiet", gain: -42},
	{name: "20 dB of signal to noise", noise: true, signalToNoise: 20},
	{name: "10 dB", noise: true, signalToNoise: 10},
	{name: "5 dB", noise: true, signalToNoise: 5},
	{name: "0 dB", noise: true, signalToNoise: 0},
	{name: "-3 dB", noise: true, signalToNoise: -3},
	{name: "-6 dB", noise: true, signalToNoise: -6},
}

// apply impairs a leg.
func (f impairment) apply(pcm []int16, who string) []int16 {
	x := line.Wave(pcm)
	line.Scale(x, line.Gain(f.gain))
	if f.noise {
		noise := make([]float64, len(x))
		line.Coloured(noise, line.Seed(who, f.name))
		line.Scale(noise, line.Gain(line.VoiceLevel-f.signalToNoise)/line.RMS(noise))
		for i := range x {
			x[i] += noise[i]
		}
		line.Bandpass(x)
	}
	return line.MuLaw(line.PCM(x))
}

// measureImpairments prints for each impairment how many tests the embedder refuses, and how many would be recognised, of those
// accepted and of those refused.
func (l lab) measureImpairments(ctx context.Context, speakers []corpus.Speaker, c search.Calibration) error {
	e := voice.New(l.speaker, "")
	fmt.Printf("%-25s %6s %8s %11s %11s  %s\n", "fault", "tests", "refused", "recognised", "of refused", "reasons")
	for _, f := range impairments {
		var tests, refused, recognised, wrongly int
		reasons := map[string]int{}
		for _, p := range speakers {
			first, rest := corpus.SplitOff(p.Utterances, enrolment+4*time.Second)
			some, _ := corpus.SplitOff(rest, testing+2*time.Second)
			enrolled, net, err := l.voiced(line.Lines[0].Leg(first, false, line.Seed(p.Name)), enrolment)
			if err != nil {
				return err
			}
			audio, voiced, err := l.voiced(f.apply(line.Lines[0].Leg(some, true, line.Seed(p.Name, "test")), p.Name), testing)
			if err != nil {
				return err
			}
			if net < enrolment*8/10 || voiced < testing/2 {
				continue
			}
			tests++
			mine, err := e.Embed(ctx, enrolled, net)
			if err != nil {
				return err
			}
			_, refusal := e.Embed(ctx, audio, voiced)
			other, err := l.speaker.Wave(ctx, audio)
			if err != nil {
				return err
			}
			known := c.Probability(vector(other).dot(vector(mine.Embedding)), timbre.Voiceprint{Net: voiced}, mine) >= search.DefaultThreshold
			var reason *timbre.Error
			switch {
			case errors.As(refusal, &reason):
				refused++
				what, _, _ := strings.Cut(reason.Msg, ":")
				reasons[what]++
				if known {
					wrongly++
				}
			case known:
				recognised++
			}
		}
		fmt.Printf("%-25s %6d %8d %11d %11d  %v\n", f.name, tests, refused, recognised, wrongly, reasons)
	}
	return nil
}

// voiced returns what the product embeds of a leg: its voiced audio up to an amount of net speech.
func (l lab) voiced(pcm []int16, enough time.Duration) (audio []float32, net time.Duration, err error) {
	d := speech.NewDetector(l.vad, func(s timbre.Speech) {
		if net < enough {
			net, audio = s.Net, timbre.Wave(audio, s.PCM)
		}
	})
	play(d, pcm)
	return audio, net, d.Err()
}

func play(d *speech.Detector, pcm []int16) {
	for i := 0; i < len(pcm); i += timbre.FrameSamples {
		d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: pcm[i:min(i+timbre.FrameSamples, len(pcm))]})
	}
	d.Flush()
}
