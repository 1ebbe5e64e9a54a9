package main

import (
	"context"
	"fmt"
	"math"

	"github.com/gotranspile/g722"
	"github.com/thesyncim/gopus"

	"timbre"
	"timbre/bench/corpus"
	"timbre/bench/line"
	"timbre/rtp/codec"
)

// measureRates prints the cosine similarity of the embedding of coded and uncoded audio, decoded at 8 kHz and as the product
// decodes it.
func (l lab) measureRates(ctx context.Context, speakers []corpus.Speaker) error {
	fmt.Printf("%-24s %8s %8s   %8s %8s\n", "codec", "8 kHz", "worst", "halved", "worst")
	for _, c := range line.Coders[1:] {
		var sum [2]float64
		worst := [2]float64{1, 1}
		for _, p := range speakers {
			before, err := l.voice(ctx, codec.Halve(p.Wide))
			if err != nil {
				return err
			}
			packets, err := c.Encode(p.Wide)
			if err != nil {
				return err
			}
			direct, err := direct(c.Codec, packets)
			if err != nil {
				return err
			}
			frames, err := c.Decode(packets, make([]bool, len(packets)), line.AsSilence)
			if err != nil {
				return err
			}
			var halved []int16
			for _, f := range frames {
				halved = append(halved, f.PCM...)
			}
			for i, pcm := range [][]int16{direct, halved} {
				after, err := l.voice(ctx, pcm)
				if err != nil {
					return err
				}
				near := before.dot(after)
				sum[i], worst[i] = sum[i]+near, math.Min(worst[i], near)
			}
		}
		n := float64(len(speakers))
		fmt.Printf("%-24s %8.4f %8.4f   %8.4f %8.4f\n", c.Name, sum[0]/n, worst[0], sum[1]/n, worst[1])
	}
	return nil
}

// voice is the embedding of the voiced audio of a leg.
func (l lab) voice(ctx context.Context, pcm []int16) (vector, error) {
	audio, _, err := l.voiced(pcm, enrolment)
	if err != nil {
		return nil, err
	}
	return l.speaker.Wave(ctx, audio)
}

// direct decodes at 8 kHz.
func direct(c timbre.Codec, packets [][]byte) (pcm []int16, err error) {
	wide := g722.NewDecoder(g722.Rate64000, g722.FlagSampleRate8000)
	opus, err := gopus.NewDecoder(gopus.DefaultDecoderConfig(timbre.SampleRate, 1))
	if err != nil {
		return nil, err
	}
	for _, p := range packets {
		frame := make([]int16, timbre.FrameSamples)
		if c == timbre.Opus {
			_, err = opus.DecodeInt16(p, frame)
		} else {
			wide.Decode(frame, p)
		}
		if err != nil {
			return nil, err
		}
		pcm = append(pcm, frame...)
	}
	return pcm, nil
}
