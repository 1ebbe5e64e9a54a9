package speech

import (
	"time"

	"timbre"
)

// scoredAhead is how much of a recording is scored at once.
const scoredAhead = time.Duration(forgetWindows) * Window * time.Second / timbre.SampleRate

// Recorded detects the speech of a leg of a recording, with the gates that Workers give a live leg. Other calls, which might begin with
// the same words, are not known.
type Recorded struct {
	detector *Detector
	ahead    *ahead
	waiting  []recordedFrame
	heard    time.Duration // media time of the end of the last frame
}

// recordedFrame is what both legs of a recording hold at a media time; far: of the other one, nil if there is none.
type recordedFrame struct {
	at        time.Duration
	near, far []int16
}

// NewRecorded makes a Recorded that calls out as a Detector does, up to a second of audio later.
func NewRecorded(v SequenceVAD, cfg Config, out func(timbre.Speech)) *Recorded {
	a := newAhead(v)
	a.detector = NewDetector(a, out)
	a.detector.Gates = NewGates(Origin{Only: cfg.Gates})
	return &Recorded{detector: a.detector, ahead: a}
}

// Frame takes the samples that follow, and those of the other leg of the call at the same time; nil: there is none. It keeps both.
func (r *Recorded) Frame(near, far []int16) error {
	r.ahead.hear(near)
	r.waiting = append(r.waiting, recordedFrame{r.heard, near, far})
	r.heard += timbre.Duration(len(near))
	for len(r.waiting) > 0 && r.heard-r.waiting[0].at > scoredAhead {
		r.detect()
	}
	return r.detector.Err()
}

// detect gives the frame that waits longest to the detector.
func (r *Recorded) detect() {
	f := r.waiting[0]
	r.waiting = append(r.waiting[:0], r.waiting[1:]...)
	if f.far != nil {
		r.detector.Gates.Far(1, timbre.Frame{At: f.at, PCM: f.far})
	}
	r.detector.Frame(timbre.Frame{At: f.at, PCM: f.near})
}

// End calls out for what is held back.
func (r *Recorded) End() error {
	for len(r.waiting) > 0 {
		r.detect()
	}
	r.detector.Flush()
	return r.detector.Err()
}
