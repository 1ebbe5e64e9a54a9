// Package evaluate measures the recognition of voices and tone on recordings, by the path that a call takes: voice activity
// detection, embedding, calibration, search. Recordings with the truth come in; the figures of package metric go out.
package evaluate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"timbre"
	"timbre/evaluate/trial"
	"timbre/rtp/codec"
	"timbre/speech"
)

// Embedder is voice.Embedder.
type Embedder interface {
	Embed(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error)
}

// Ears turn recordings into voiceprints as the server does.
type Ears struct {
	VAD      speech.VAD
	Embedder Embedder
}

// Voice is one side of a comparison.
type Voice struct {
	Name    string            // of its recordings
	Print   timbre.Voiceprint // without an embedding if it was refused
	Net     time.Duration     // net speech
	Refused string            // why there is no voiceprint; empty: there is one
}

// read reads the first channel of a recording at 8 kHz.
func read(file string) ([]int16, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, timbre.Errorf(timbre.NotFound, "", "%w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	channels, err := codec.ReadRecording(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return channels[0], nil
}

// readAll reads recordings as one. A recording that cannot be decoded is left out; unreadable says why.
func readAll(recordings []trial.Recording) (all []int16, unreadable string, err error) {
	var file string
	var pcm []int16
	for _, r := range recordings {
		if r.File != file { // the days of a corpus are in one file
			file = r.File
			pcm, err = read(file)
		}
		switch {
		case timbre.KindOf(err) == timbre.Invalid:
			unreadable = err.Error()
		case err != nil:
			return nil, "", err
		case r.Parts == nil:
			all = append(all, pcm...)
		}
		for _, p := range r.Parts {
			all = append(all, pcm[min(p.From, len(pcm)):min(max(p.From, p.To), len(pcm))]...)
		}
	}
	return all, unreadable, nil
}

// heard is the speech of a stretch of audio.
type heard struct {
	pcm  []int16
	net  time.Duration
	used int // samples of the audio, up to where there was enough
}

// listen passes audio to voice activity detection until there is enough net speech, or to its end.
func (e Ears) listen(ctx context.Context, pcm []int16, enough time.Duration) (h heard, err error) {
	d := speech.NewDetector(e.VAD, func(s timbre.Speech) {
		if h.net < enough {
			h.pcm, h.net = append(h.pcm, s.PCM...), s.Net
		}
	})
	for at := 0; at < len(pcm) && h.net < enough; at += timbre.FrameSamples {
		h.used = min(at+timbre.FrameSamples, len(pcm))
		d.Frame(timbre.Frame{At: timbre.Duration(at), PCM: pcm[at:h.used]})
		if err := errors.Join(ctx.Err(), d.Err()); err != nil {
			return h, err
		}
	}
	d.Flush()
	return h, errors.Join(ctx.Err(), d.Err())
}

// voice makes the voiceprint of what was heard.
func (e Ears) voice(ctx context.Context, name string, h heard) (Voice, error) {
	v := Voice{Name: name, Net: h.net}
	print, err := e.Embedder.Embed(ctx, timbre.Wave(nil, h.pcm), h.net)
	switch refused := (*timbre.Error)(nil); {
	case errors.As(err, &refused) && refused.Kind == timbre.Unprocessable:
		v.Refused = refused.Msg
	case err != nil:
		return v, fmt.Errorf("%s: %w", name, err)
	}
	v.Print = print
	return v, nil
}
