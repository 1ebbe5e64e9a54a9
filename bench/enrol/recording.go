package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
	"timbre/rtp/codec"
	"timbre/speech"
	"timbre/task"
	"timbre/voice"
)

const recording = "cmd/timbre/demo/calls/s1_enrol_caller.wav"

// fromRecordings makes a voiceprint of a recording so many times.
func fromRecordings(ctx context.Context, times int) (made enrolments, err error) {
	rt, err := infer.New(environment.Environment{}, infer.Config{Threads: 1})
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, rt.Close()) }()
	m := models.Speaker()
	vad, err1 := rt.Load(models.VAD(), infer.Short)
	net, err2 := rt.Load(m, infer.Long)
	if err := errors.Join(err1, err2); err != nil {
		return made, err
	}
	embedder := voice.New(net, m.String())
	cpu := ownCPU()
	for range times {
		began := time.Now()
		if err := voiceprint(ctx, vad, embedder); err != nil {
			return made, err
		}
		made.took = append(made.took, time.Since(began))
	}
	made.cpu = ownCPU() - cpu
	return made, nil
}

// voiceprint makes one of the first speech in the recording.
func voiceprint(ctx context.Context, vad speech.SequenceVAD, by *voice.Embedder) error {
	channels, err := codec.ReadWAVFile(recording)
	if err != nil {
		return err
	}
	var heard []float32
	var net time.Duration
	r := speech.NewRecorded(vad, speech.Config{}, func(s timbre.Speech) {
		if net < task.ForVoiceprint {
			heard, net = timbre.Wave(heard, s.PCM), s.Net
		}
	})
	for pcm := channels[0]; len(pcm) > 0 && net < task.ForVoiceprint; pcm = pcm[min(timbre.FrameSamples, len(pcm)):] {
		if err := r.Frame(pcm[:min(timbre.FrameSamples, len(pcm))], nil); err != nil {
			return err
		}
	}
	if err := r.End(); err != nil {
		return err
	}
	if net < task.ForVoiceprint {
		return fmt.Errorf("%s: %v of speech are too little", recording, net)
	}
	_, err = by.Embed(ctx, heard, net)
	return err
}
