package dialog

import "timbre"

// Track is a stream with what the dialog has agreed for it.
type Track struct {
	Stream timbre.MediaStream
	Spec   timbre.Media

	reported timbre.Reception
}

// Update tells the stream what has been agreed, if that has changed.
func (t *Track) Update(spec timbre.Media) {
	if !t.Spec.Equal(spec) {
		t.Spec = spec
		t.Stream.Update(spec)
	}
}

// Pause tells the stream to expect nothing for now.
func (t *Track) Pause() {
	spec := t.Spec
	spec.Hold = true
	t.Update(spec)
}

// Report returns what has been received since the last report.
func (t *Track) Report() timbre.Reception {
	now := t.Stream.Reception()
	r := now.Since(t.reported)
	t.reported = now
	return r
}
