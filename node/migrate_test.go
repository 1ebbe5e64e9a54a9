package node

import (
	"testing"
	"time"

	"timbre"
)

func TestMigratedVoiceprintHasNoMoreSpeechThanItsAudio(t *testing.T) {
	pcm := make([]int16, 20*timbre.SampleRate)
	for net, want := range map[time.Duration]time.Duration{60 * time.Second: 20 * time.Second, 15 * time.Second: 15 * time.Second} {
		if got := netOf(timbre.Voiceprint{Net: net}, pcm); got != want {
			t.Errorf("%v of speech: got %v, want %v", net, got, want)
		}
	}
}
