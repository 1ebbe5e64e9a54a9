package main

import (
	"errors"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
	"timbre/rtp/codec"
	"timbre/speech"
)

// voices is the speech of the two parties of a call, and when that of the caller is enough for a name.
type voices struct {
	caller, agent []byte // µ-law
	tenth         time.Duration
}

const needed = 10 * time.Second // of net speech

// listen reads a demo call and finds, with the server's own detector, the moment from which the delay counts.
func listen(name string) (v voices, err error) {
	caller, err := read(name + "_caller.wav")
	if err != nil {
		return v, err
	}
	agent, err := read(name + "_agent.wav")
	if err != nil {
		return v, err
	}
	v.caller, v.agent = codec.ULaw.Encode(nil, caller), codec.ULaw.Encode(nil, agent)

	rt, err := infer.New(environment.Environment{}, infer.Config{})
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, rt.Close()) }()
	m := models.VAD()
	vad, err := rt.Load(m, infer.Short)
	if err != nil {
		return v, err
	}
	d := speech.NewDetector(vad, func(s timbre.Speech) {
		if s.Net >= needed && v.tenth == 0 {
			v.tenth = s.At
		}
	})
	for at := 0; at < len(caller); at += timbre.FrameSamples {
		d.Frame(timbre.Frame{At: timbre.Duration(at), PCM: caller[at:min(at+timbre.FrameSamples, len(caller))]})
	}
	if d.Flush(); v.tenth == 0 {
		return v, errors.New(name + ": the caller does not speak for 10 s")
	}
	return v, d.Err()
}

func read(name string) ([]int16, error) {
	channels, err := codec.ReadWAVFile(name)
	if err != nil {
		return nil, err
	}
	return channels[0], nil
}
