// Package speech detects voice activity. The frames of a leg come in; out go its voiced stretches with a margin around them,
// and the net-speech clock, which counts voiced audio alone. It knows neither who speaks nor how that sounds.
package speech

import (
	"context"
	"time"

	"timbre"
)

// VAD is a voice activity model. Step takes a window of Window samples in [-1, 1), preceded by the last Context samples before it,
// and returns the probability of speech, 0 to 1. It rewrites state, which is all zeros at first and has 256 values. Many
// detectors share one VAD.
type VAD interface {
	Step(ctx context.Context, window, state []float32) (probability float32, err error)
}

// What the VAD takes, in samples; stateSize is in values.
const (
	Window    = 256 // 32 ms
	Context   = 32
	stateSize = 256
)

// A leg is voiced from the window whose probability reaches Onset until one below Offset. The hysteresis keeps a wavering voice
// in one piece.
const (
	Onset  = 0.5
	Offset = 0.35
)

// MaxGap is the longest jump in media time that counts as lost packets: the audio before and after it is joined, and nothing is
// inserted. After a longer one the detector is reset.
const MaxGap = 100 * time.Millisecond

// MaxSilence is how long the model of a leg may hear no voice before its state is cleared. Ring-back and music leave a state in
// which it takes a part of the talk that follows for more of them.
const MaxSilence = time.Second

// Detector detects the speech of one leg. It implements timbre.Listener, for one goroutine at a time.
type Detector struct {
	Margin time.Duration // unvoiced audio passed on before and after a voiced stretch; set it before the first frame
	Gates  *Gates        // drop what is not the voice of the party; nil: nothing is dropped. Set it before the first frame

	vad VAD
	out func(timbre.Speech)
	err error

	vadInput [Context + Window]float32 // the samples before the window, then the window
	window   [Window]int16             // the window as it was received
	fill     int                       // samples of it so far
	scored   int                       // windows before it
	keyed    bool                      // a key is pressed in it
	state    [stateSize]float32

	came    time.Time // when the present frame did; zero: not known
	live    time.Time // when it would come live: a feed may be ahead of real time
	started bool
	origin  time.Duration // media time of the first frame
	next    time.Duration // media time of the next sample
	net     time.Duration
	voiced  bool
	silence int // samples since the last voiced window, or since the state was cleared
	margin  margin
}

// NewDetector makes a detector that calls out once for each window of 32 ms, in order, on the goroutine that calls Frame or
// Flush: at once, or Hold later if it has Gates.
func NewDetector(v VAD, out func(timbre.Speech)) *Detector {
	return &Detector{Margin: Margin, vad: v, out: out}
}

// Frame takes the next frame. When a window is full it waits for the VAD and calls out.
func (d *Detector) Frame(f timbre.Frame) {
	if len(f.PCM) == 0 {
		return
	}
	if f.Keyed {
		d.keyed = true
		d.Gates.keyed() // before a jump of media time lets go what is held back
	}
	d.alignTime(f.At)
	for i, s := range f.PCM {
		d.vadInput[Context+d.fill], d.window[d.fill] = float32(s)/32768, s
		d.keyed = d.keyed || f.Keyed
		if d.fill++; d.fill == Window {
			d.next = f.At + timbre.Duration(i+1)
			d.score()
		}
	}
	d.next = f.At + timbre.Duration(len(f.PCM))
}

// Flush scores the incomplete window, and calls out for it and all that are held back. More frames may follow.
func (d *Detector) Flush() {
	if d.fill > 0 {
		d.score()
	}
	if d.Gates != nil {
		d.Gates.flush(d.pass)
	}
}

// Err is the first error of the VAD. Windows that it could not score count as unvoiced.
func (d *Detector) Err() error { return d.err }

// alignTime compares the media time of the next frame with the end of the last one.
func (d *Detector) alignTime(at time.Duration) {
	jump := at - d.next
	switch {
	case !d.started:
		d.started, d.origin = true, at
	case jump > MaxGap:
		d.restart()
	case jump < 0: // the clock of the leg is set back, ours goes on
		d.restart()
		d.origin += jump
	}
	d.next = at
}

func (d *Detector) restart() {
	d.Flush()
	clear(d.vadInput[:])
	clear(d.state[:])
	d.voiced, d.silence = false, 0
	d.margin.reset()
}

// forgetWindows is how many windows MaxSilence takes.
const forgetWindows = (int(MaxSilence*timbre.SampleRate/time.Second) + Window - 1) / Window

// untilForgets is how many windows come at least, the next one included, until the state of the model is cleared.
func (d *Detector) untilForgets() int {
	return (timbre.Samples(MaxSilence) - d.silence + Window - 1) / Window
}

// forget clears the state of the model after each MaxSilence without voice.
func (d *Detector) forget(samples int) {
	if d.silence += samples; d.voiced {
		d.silence = 0
	} else if d.silence >= timbre.Samples(MaxSilence) {
		clear(d.state[:])
		d.silence = 0
	}
}

// score scores the window, complete or not, and passes it on.
func (d *Detector) score() {
	clear(d.vadInput[Context+d.fill:])
	pcm := append(make([]int16, 0, Window), d.window[:d.fill]...)
	p, err := d.vad.Step(d.due(), d.vadInput[:], d.state[:])
	if err != nil {
		p = 0
		if d.err == nil {
			d.err = err
		}
	}
	d.voiced = p >= Onset || d.voiced && p >= Offset
	d.forget(len(pcm))
	copy(d.vadInput[:Context], d.vadInput[Window:])
	d.fill = 0
	d.scored++
	w := &window{at: d.next - d.origin, came: d.came, live: d.live, pcm: pcm, voiced: d.voiced, pressed: d.keyed}
	d.keyed = false
	if d.Gates != nil {
		d.Gates.add(w, d.pass)
	} else {
		d.pass(w)
	}
}

// nextWindow is the number of the next window to begin.
func (d *Detector) nextWindow() int {
	if d.fill > 0 {
		return d.scored + 1
	}
	return d.scored
}

// due is the context of a window: it is due when the next one is complete. Audio that is not live has no such time.
func (d *Detector) due() context.Context {
	if d.came.IsZero() {
		return context.Background()
	}
	return timbre.WithDueTime(context.Background(), d.came.Add(timbre.Duration(Window)))
}

// hold is how long windows are held back.
func (d *Detector) hold() time.Duration {
	if d.Gates == nil {
		return 0
	}
	return Hold
}

// pass calls out for a window.
func (d *Detector) pass(w *window) {
	length := timbre.Duration(len(w.pcm))
	s := timbre.Speech{At: w.at, Came: w.came, Voiced: w.passes()}
	if s.Voiced {
		d.net += length
	}
	if w.reason != timbre.DropNone {
		s.Drop = timbre.Drop{Reason: w.reason, For: length}
	}
	if !w.live.IsZero() {
		s.Due = w.live.Add(d.hold())
	}
	s.Net, s.PCM = d.net, d.margin.filter(w.pcm, s.Voiced, timbre.Samples(d.Margin))
	d.out(s)
}
