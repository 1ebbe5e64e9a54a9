package speech_test

import (
	"testing"
	"time"

	"timbre"
	"timbre/speech"
)

// A task that joins a detector in the middle of a call finds the speech that a detector of its own would, begun there: the state of the model is
// soon the same.
func TestATaskThatJoinsFindsTheSpeechOfADetectorOfItsOwn(t *testing.T) {
	vad := silero(t)
	var all, differs time.Duration
	for _, r := range recordings(t) {
		pcm := read(t, r.File)
		from := 8 * timbre.SampleRate / speech.Window * speech.Window // 8 s, a window's beginning
		if len(pcm) < 2*from {
			continue
		}
		joined, own := voicedOf(vad, pcm)[from/speech.Window:], voicedOf(vad, pcm[from:])
		for i := range own {
			if all += timbre.Duration(speech.Window); joined[i] != own[i] {
				differs += timbre.Duration(speech.Window)
			}
		}
	}
	if differs > all/500 {
		t.Errorf("got %v of %v that are speech to one alone, want at most two thousandths", differs, all)
	}
}

// voicedOf says of each window whether it is voiced.
func voicedOf(vad speech.VAD, pcm []int16) (voiced []bool) {
	play(speech.NewDetector(vad, func(s timbre.Speech) { voiced = append(voiced, s.Voiced) }), pcm)
	return voiced
}
