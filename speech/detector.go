// Package speech tells voiced audio from the rest: the frames of one leg come in, and out go the stretches in which
// somebody speaks, with as much around them as is wanted, and the net-speech clock: how much was really said. It knows
// neither who speaks nor how that sounds.
package speech

import (
	"context"
	"time"

	"timbre"
)

// VAD scores windows of audio: Window samples, preceded by the last Context samples before them, in; the probability that
// somebody speaks in it, 0 to 1, out. state is what it remembers of a leg: zeros at first, rewritten by each step. Many
// detectors share one VAD.
type VAD interface {
	Step(ctx context.Context, window, state []float32) (probability float32, err error)
}

// What the VAD works on, in samples.
const (
	Window  = 256 // 32 ms
	Context = 32
	memory  = 256
)

// A leg is voiced from the window that reaches Onset until one that falls below Offset. The gap between the two keeps a
// wavering voice in one piece.
const (
	Onset  = 0.5
	Offset = 0.35
)

// Bridge is the longest jump in a leg's time that is taken for lost packets: the two sides are joined, and nothing is made
// up in between. After a longer one the detector starts afresh.
const Bridge = 100 * time.Millisecond

// Detector listens to one leg. It is a timbre.Listener, and like one it is for one goroutine at a time.
type Detector struct {
	Margin time.Duration // of unvoiced audio that goes with a voiced stretch, on either side; set before the first frame

	vad VAD
	out func(timbre.Speech)
	err error

	input [Context + Window]float32 // what was heard before, then the window that fills up
	heard [Window]int16             // the window once more, as it came
	fill  int                       // samples of it that are there
	state [memory]float32

	started bool
	origin  time.Duration // media time at which listening began
	next    time.Duration // media time at which the next sample is due
	net     time.Duration
	voiced  bool
	margin  margin
}

// NewDetector makes a detector that hands what it hears to out, once for each window of 32 ms, in order. out is called by
// the goroutine that calls Frame or Flush.
func NewDetector(v VAD, out func(timbre.Speech)) *Detector {
	return &Detector{Margin: Margin, vad: v, out: out}
}

// Frame takes the next frame. It calls out when a window is full, and waits for the VAD.
func (d *Detector) Frame(f timbre.Frame) {
	if len(f.PCM) == 0 {
		return
	}
	d.follow(f.At)
	for i, s := range f.PCM {
		d.input[Context+d.fill], d.heard[d.fill] = float32(s)/32768, s
		if d.fill++; d.fill == Window {
			d.next = f.At + timbre.Duration(i+1)
			d.hear()
		}
	}
	d.next = f.At + timbre.Duration(len(f.PCM))
}

// Flush hands out what is left of the last window. The leg may go on afterwards.
func (d *Detector) Flush() {
	if d.fill > 0 {
		d.hear()
	}
}

// Err is the first fault of the VAD. What it could not score counts as unvoiced.
func (d *Detector) Err() error { return d.err }

// follow looks at where the next frame stands in time.
func (d *Detector) follow(at time.Duration) {
	jump := at - d.next
	switch {
	case !d.started:
		d.started, d.origin = true, at
	case jump > Bridge:
		d.restart()
	case jump < 0: // a leg that sets its clock back: ours goes on
		d.restart()
		d.origin += jump
	}
	d.next = at
}

func (d *Detector) restart() {
	d.Flush()
	clear(d.input[:])
	clear(d.state[:])
	d.voiced = false
	d.margin.clear()
}

// hear scores the window, a full one or the last, and hands it out.
func (d *Detector) hear() {
	clear(d.input[Context+d.fill:])
	window := append(make([]int16, 0, Window), d.heard[:d.fill]...)
	p, err := d.vad.Step(context.Background(), d.input[:], d.state[:])
	if err != nil {
		p = 0
		if d.err == nil {
			d.err = err
		}
	}
	d.voiced = p >= Onset || d.voiced && p >= Offset
	if d.voiced {
		d.net += timbre.Duration(len(window))
	}
	copy(d.input[:Context], d.input[Window:])
	d.fill = 0
	d.out(timbre.Speech{At: d.next - d.origin, Net: d.net, Voiced: d.voiced, PCM: d.margin.pass(window, d.voiced, timbre.Samples(d.Margin))})
}
