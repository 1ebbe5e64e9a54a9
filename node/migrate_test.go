package node

import (
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/config"
)

func TestMigratedVoiceprintHasNoMoreSpeechThanItsAudio(t *testing.T) {
	pcm := make([]int16, 20*timbre.SampleRate)
	for net, want := range map[time.Duration]time.Duration{60 * time.Second: 20 * time.Second, 15 * time.Second: 15 * time.Second} {
		if got := netOf(timbre.Voiceprint{Net: net}, pcm); got != want {
			t.Errorf("%v of speech: got %v, want %v", net, got, want)
		}
	}
}

func TestModelWithoutCalibrationSaysSo(t *testing.T) {
	s := config.Defaults()
	s.Data = t.TempDir()
	for bare, want := range map[bool]string{true: "none: ", false: "of the model"} {
		o := &Offline{Model: "net 1", Bare: bare, settings: s}
		if _, whose, err := o.Applied(""); err != nil || !strings.HasPrefix(whose, want) {
			t.Errorf("got %q, %v, want %q", whose, err, want)
		}
	}
}
