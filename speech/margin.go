package speech

import "time"

// Margin is the default margin around voiced stretches: none, which was measured to be best
// (decision 3).
const Margin time.Duration = 0

// margin passes voiced windows and those around them: an unvoiced window passes if it begins within the margin after speech, or
// waits and passes if speech begins within the margin after it.
type margin struct {
	pending []int16 // unvoiced audio that passes if speech follows
	after   int     // samples passed since the last voiced window
	started bool    // there was a voiced window
}

// filter returns the audio that passes because of a window: none, the window, or the pending audio and the window. size is the
// margin in samples.
func (m *margin) filter(window []int16, voiced bool, size int) []int16 {
	switch {
	case voiced:
		pcm := append(m.pending, window...)
		m.pending, m.after, m.started = nil, 0, true
		return pcm
	case m.started && m.after < size:
		m.after += len(window)
		return window
	}
	m.pending = append(m.pending, window...)
	if extra := len(m.pending) - size; extra > 0 {
		m.pending = m.pending[:copy(m.pending, m.pending[extra:])]
	}
	return nil
}

// reset forgets the audio so far: what follows does not adjoin it.
func (m *margin) reset() { *m = margin{} }
