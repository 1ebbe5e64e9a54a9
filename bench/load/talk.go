package main

import (
	"errors"
	"math"
	"slices"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
	"timbre/rtp/codec"
	"timbre/speech"
)

// talk is the audio of a call, and when the server has what its results need.
type talk struct {
	caller, agent    []byte        // µ-law
	tenth, twentieth time.Duration // when the caller has spoken for so many seconds, and that is known
	length           time.Duration
}

// rest is how long a call goes on after the last result that is waited for.
const rest = 3 * time.Second

// speeds make more callers of one: faster speech is higher, and of a smaller head.
var speeds = []float64{1, 0.86, 1.16, 0.93, 1.08}

// listenToAll makes the talks: two recordings of each speaker of the demo, one after the other, at several speeds. They are as long as their results need, or
// are repeated up to a length.
func listenToAll(length time.Duration) (all []talk, err error) {
	rt, err := infer.New(environment.Environment{}, infer.Config{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rt.Close()) }()
	vad, err := rt.Load(models.VAD(), infer.Short)
	if err != nil {
		return nil, err
	}
	for _, speed := range speeds {
		for _, speaker := range []string{"s1", "s2", "s3", "s4", "s5"} {
			t, err := newTalk(vad, speaker, speed, length)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
		}
	}
	return all, nil
}

func newTalk(vad speech.VAD, speaker string, speed float64, length time.Duration) (t talk, err error) {
	caller, err1 := read(speaker, "caller", speed)
	agent, err2 := read(speaker, "agent", speed)
	if err := errors.Join(err1, err2); err != nil {
		return t, err
	}
	caller, agent = onLine(caller), onLine(agent)
	if err := t.hear(vad, caller, agent); err != nil {
		return t, err
	}
	if t.twentieth == 0 {
		return t, errors.New(speaker + ": the caller does not speak for 20 s")
	}
	t.length = max(length, t.twentieth+rest)
	t.caller, t.agent = codec.ULaw.Encode(nil, again(caller, t.length)), codec.ULaw.Encode(nil, again(agent, t.length))
	return t, nil
}

// again repeats audio up to a length.
func again(pcm []int16, length time.Duration) []int16 {
	n := timbre.Samples(length)
	return slices.Repeat(pcm, 1+n/len(pcm))[:n]
}

// onLine is what a server hears of audio.
func onLine(pcm []int16) []int16 {
	return codec.ULaw.Decode(nil, codec.ULaw.Encode(nil, pcm))
}

// hear finds the moments that count with the server's own detector.
func (t *talk) hear(vad speech.VAD, caller, agent []int16) error {
	d := speech.NewDetector(vad, func(s timbre.Speech) {
		if s.Net >= 10*time.Second && t.tenth == 0 {
			t.tenth = s.At + speech.Hold
		}
		if s.Net >= 20*time.Second && t.twentieth == 0 {
			t.twentieth = s.At + speech.Hold
		}
	})
	d.Gates = speech.NewGates(speech.Origin{})
	for at := 0; at+timbre.FrameSamples <= min(len(caller), len(agent)); at += timbre.FrameSamples {
		frame := timbre.Frame{At: timbre.Duration(at)}
		frame.PCM = agent[at:][:timbre.FrameSamples]
		d.Gates.Far(1, frame)
		frame.PCM = caller[at:][:timbre.FrameSamples]
		d.Frame(frame)
	}
	d.Flush()
	return d.Err()
}

// read reads a party of both calls of a speaker, at a speed.
func read(speaker, party string, speed float64) (pcm []int16, err error) {
	for _, call := range []string{"enrol", "second"} {
		channels, err := codec.ReadWAVFile("cmd/timbre/demo/calls/" + speaker + "_" + call + "_" + party + ".wav")
		if err != nil {
			return nil, err
		}
		pcm = append(pcm, faster(channels[0], speed)...)
	}
	return pcm, nil
}

// faster plays audio at a speed, by linear interpolation.
func faster(pcm []int16, speed float64) []int16 {
	out := make([]int16, int(float64(len(pcm)-1)/speed))
	for i := range out {
		whole, part := math.Modf(float64(i) * speed)
		a, b := float64(pcm[int(whole)]), float64(pcm[int(whole)+1])
		out[i] = int16(a + part*(b-a))
	}
	return out
}
