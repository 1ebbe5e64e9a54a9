package evaluate

import (
	"fmt"
	"os"

	"timbre"
	"timbre/evaluate/trial"
	"timbre/rtp/codec"
	"timbre/speech"
)

// audio is what was recorded of a leg, at 8 kHz, and of the other leg of the call at the same time; nil if that was not recorded.
type audio struct{ near, far []int16 }

// part is a stretch of audio.
func (a audio) part(from, to int) audio {
	from, to = min(from, len(a.near)), min(max(from, to), len(a.near))
	p := audio{near: a.near[from:to]}
	if a.far != nil {
		p.far = a.far[from:to]
	}
	return p
}

// play gives the frame at a sample to the detector of a leg.
func (a audio) play(to *speech.Recorded, at int) error {
	frame := a.part(at, at+timbre.FrameSamples)
	return to.Frame(frame.near, frame.far)
}

// add appends audio. The other leg is silent where it was not recorded.
func (a *audio) add(b audio) {
	if a.far != nil || b.far != nil {
		a.far = append(a.far, make([]int16, len(a.near)-len(a.far))...)
		a.far = append(append(a.far, b.far...), make([]int16, len(b.near)-len(b.far))...)
	}
	a.near = append(a.near, b.near...)
}

// read reads a recording. The first channel is the one that is heard.
func read(file string) (audio, error) {
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return audio{}, timbre.Errorf(timbre.Invalid, "", "%s is not a regular file", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return audio{}, timbre.Errorf(timbre.NotFound, "", "%w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	channels, err := codec.ReadRecording(f)
	if err != nil {
		return audio{}, fmt.Errorf("%s: %w", file, err)
	}
	a := audio{near: channels[0]}
	if len(channels) > 1 {
		a.far = channels[1]
	}
	return a, nil
}

// readAll reads recordings as one. A recording that cannot be decoded is left out; unreadable says why.
func readAll(recordings []trial.Recording) (all audio, unreadable string, err error) {
	var file string
	var whole audio
	for _, r := range recordings {
		if r.File != file { // the days of a corpus are in one file
			file = r.File
			whole, err = read(file)
		}
		switch {
		case timbre.KindOf(err) == timbre.Invalid:
			unreadable = err.Error()
		case err != nil:
			return all, "", err
		case r.Parts == nil:
			all.add(whole)
		}
		for _, p := range r.Parts {
			all.add(whole.part(p.From, p.To))
		}
	}
	return all, unreadable, nil
}
