package speech

import (
	"time"

	"timbre"
)

// window is a scored window on its way through the gates.
type window struct {
	at     time.Duration // media time of its end since listening began
	came   time.Time     // when its last frame did
	live   time.Time     // when that would come live
	pcm    []int16
	voiced bool          // the VAD says so
	reason timbre.Reason // why it is not passed on
	loud   [perWindow]loudness
	spectrum
	level   float32 // how loud it and the windows around it are; 0: not known yet
	other   bool    // the other party talks
	keyed   bool    // key tones have been taken out of it
	pressed bool    // telephone-events say that a key is pressed
}

// drop marks the window unless a gate has done so before.
func (w *window) drop(why timbre.Reason) {
	if w.reason == timbre.DropNone {
		w.reason = why
	}
}

// block is the number of the last block of the window on the clock of the leg.
func (w *window) block() int { return int(w.at / blockTime) }

// passes says whether the window is the caller's speech.
func (w *window) passes() bool { return w.voiced && w.reason == timbre.DropNone }
