// Package evaluate measures the recognition of voices and tone on recordings, by the path that a call takes: voice activity
// detection, embedding, calibration, search. Recordings with the truth come in; the figures of package metric go out.
package evaluate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"timbre"
	"timbre/speech"
	"timbre/task"
)

// Embedder is voice.Embedder.
type Embedder interface {
	Voices(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voices, error)
	Embed(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error)
}

// Ears turn recordings into voiceprints as the server does.
type Ears struct {
	VAD      speech.SequenceVAD
	Speech   speech.Config
	Embedder Embedder
}

// Voice is one side of a comparison.
type Voice struct {
	Name    string            // of its recordings
	Print   timbre.Voiceprint // without an embedding if it was refused
	Net     time.Duration     // net speech
	Second  bool              // another voice was heard too
	Refused string            // why there is no voiceprint; empty: there is one
}

// heard is the speech of a stretch of audio.
type heard struct {
	pcm  []int16
	net  time.Duration
	used int // samples of the audio, up to where there was enough
}

// listen passes audio to voice activity detection until there is enough net speech, or to its end.
func (e Ears) listen(ctx context.Context, a audio, enough time.Duration) (h heard, err error) {
	l := speech.NewRecorded(e.VAD, e.Speech, func(s timbre.Speech) {
		if h.net < enough {
			h.pcm, h.net, h.used = append(h.pcm, s.PCM...), s.Net, timbre.Samples(s.At)
		}
	})
	for at := 0; at < len(a.near) && h.net < enough; at += timbre.FrameSamples {
		if err := errors.Join(ctx.Err(), a.play(l, at)); err != nil {
			return h, err
		}
	}
	err = errors.Join(ctx.Err(), l.End())
	if h.net < enough {
		h.used = len(a.near)
	}
	return h, err
}

// role says what a voice is for.
type role bool

const (
	enrolling role = true
	calling   role = false
)

// voice makes the voiceprint of what was heard, as a task does: of two voices, it is of the one that has spoken longer. With too little of
// that alone, a caller is searched in all audio, and nobody is enrolled.
func (e Ears) voice(ctx context.Context, name string, h heard, as role) (Voice, error) {
	v := Voice{Name: name, Net: h.net}
	all := timbre.Wave(nil, h.pcm)
	voices, err := e.Embedder.Voices(ctx, all, h.net)
	if err == nil {
		pcm, net, who := task.Sought(voices, all, h.net)
		v.Net, v.Second = net, who.Other > 0
		if who.Mixed && as == enrolling {
			err = timbre.Errorf(timbre.Unprocessable, "", "two voices, neither of them alone for long enough")
		} else {
			v.Print, err = e.Embedder.Embed(ctx, pcm, net)
		}
	}
	switch refused := (*timbre.Error)(nil); {
	case errors.As(err, &refused) && refused.Kind == timbre.Unprocessable:
		v.Refused = refused.Msg
	case err != nil:
		return v, fmt.Errorf("%s: %w", name, err)
	}
	return v, nil
}
