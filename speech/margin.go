package speech

import "time"

// Margin is how much unvoiced audio goes with a voiced stretch on either side, unless a detector is told otherwise: none.
// That was measured to be best, see docs/decisions/0003-vad-margin.md.
const Margin time.Duration = 0

// margin lets voiced windows pass, and what surrounds them: an unvoiced window passes if it begins within the margin after
// speech, or waits here and passes if speech begins within the margin after it.
type margin struct {
	before []int16 // unvoiced audio that may yet turn out to stand before speech
	after  int     // samples that have passed since the last voiced window
	spoken bool    // there has been one
}

// pass gives the audio that a window makes pass: nothing, the window, or the window and what waited. size is in samples.
func (m *margin) pass(window []int16, voiced bool, size int) []int16 {
	switch {
	case voiced:
		pcm := append(m.before, window...)
		m.before, m.after, m.spoken = nil, 0, true
		return pcm
	case m.spoken && m.after < size:
		m.after += len(window)
		return window
	}
	m.before = append(m.before, window...)
	if extra := len(m.before) - size; extra > 0 {
		m.before = m.before[:copy(m.before, m.before[extra:])]
	}
	return nil
}

// clear forgets what was before: speech that follows does not adjoin it.
func (m *margin) clear() { *m = margin{} }
