package speech

import (
	"time"

	"timbre"
)

// Recorded detects the speech of a leg of a recording, with the gates that Workers give a live leg. Other calls, which might begin with
// the same words, are not known.
type Recorded struct{ detector *Detector }

// NewRecorded makes a Recorded that calls out as a Detector does.
func NewRecorded(v VAD, cfg Config, out func(timbre.Speech)) Recorded {
	d := NewDetector(v, out)
	d.Gates = NewGates(Origin{Only: cfg.Gates})
	return Recorded{d}
}

// Frame takes the samples from a media time on, and those of the other leg of the call at the same time; nil: there is none.
func (r Recorded) Frame(at time.Duration, near, far []int16) error {
	if far != nil {
		r.detector.Gates.Far(1, timbre.Frame{At: at, PCM: far})
	}
	r.detector.Frame(timbre.Frame{At: at, PCM: near})
	return r.detector.Err()
}

// End calls out for what is held back.
func (r Recorded) End() error {
	r.detector.Flush()
	return r.detector.Err()
}
