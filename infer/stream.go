package infer

import (
	"context"

	"timbre"
)

// Stream is Wave for the last part of audio that goes on: first is the number of its first sample in all the audio. A network that
// makes frames makes those of the past no more, and begins with the first whole frame; any other one takes all samples anew.
func (m *Model) Stream(ctx context.Context, first int, samples []float32, past *timbre.Past) ([]float32, error) {
	f := m.front.form.Frames
	if f == (timbre.Frames{}) {
		return m.Wave(ctx, samples)
	}
	if extra := len(samples) - m.front.form.Max; m.front.form.Max > 0 && extra > 0 {
		first, samples = first+extra, samples[extra:]
	}
	if err := m.front.enough(samples); err != nil {
		return nil, err
	}
	end, frame := first+len(samples), (first+f.Hop-1)/f.Hop
	rows := known(*past, f, frame, end)
	begin := f.Hop * (frame + max(0, len(rows)/f.Values-1)) // of what is new, with the last frame of the past
	out, err := m.vector(ctx,
		m.front.samples(samples[begin-first:]),
		Tensor{Shape: []int64{1, int64(len(rows) / f.Values), int64(f.Values)}, Float: rows})
	if err != nil {
		return nil, err
	}
	if made := (end-frame*f.Hop-f.Length)/f.Hop + 1; len(out[1]) != (made-1)*f.Values {
		return nil, m.errorf("it gives %d values of frames after %d, and its card says %d each", len(out[1]), made, f.Values)
	}
	*past = timbre.Past{First: frame, Rows: out[1]}
	m.pace.hear(len(samples))
	return out[0], nil
}

// known is what the past tells of the frames from one to the end of the audio. Nothing, unless it has the first of them, and the audio
// has the frame after its last.
func known(past timbre.Past, f timbre.Frames, frame, end int) []float32 {
	last := past.First + len(past.Rows)/f.Values - 1
	if frame < past.First || frame > last || f.Hop*(last+1)+f.Length > end {
		return nil
	}
	return past.Rows[(frame-past.First)*f.Values:]
}
