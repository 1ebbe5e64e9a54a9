package dialog

import (
	"timbre"
	"timbre/sip/offer"
)

// Stream is one stream of media, as it is received.
type Stream interface {
	Port() int // where it is received
	timbre.Meter
	Update(offer.MediaSpec)
	Close()
}

// Track is a stream with what the dialog has agreed for it.
type Track struct {
	Stream Stream
	Spec   offer.MediaSpec

	reported timbre.Reception
}

// Update tells the stream what has been agreed, if that has changed.
func (t *Track) Update(spec offer.MediaSpec) {
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
