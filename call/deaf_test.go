package call

import (
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

// speaks feeds both legs for a time; a leg has sound if its amplitude is above that of noise.
func speaks(legs []timbre.LegListener, d time.Duration, amplitudes ...int16) {
	for range d / timbre.FrameDuration {
		for i, a := range amplitudes {
			legs[i].Frame(timbre.Frame{PCM: slices.Repeat([]int16{a, -a}, timbre.FrameSamples/2)})
		}
	}
}

func TestALegWithoutSoundWhileTheOtherTalksIsDeaf(t *testing.T) {
	const voice, noise = 3000, 100
	for _, c := range []struct {
		name  string
		feed  func(legs []timbre.LegListener)
		found float64
		now   bool // it still is
	}{
		{"muted", func(l []timbre.LegListener) { speaks(l, 3*time.Minute, voice, noise) }, 1, true},
		{"muted for a while", func(l []timbre.LegListener) {
			speaks(l, 3*time.Minute, voice, noise)
			speaks(l, time.Second, noise, voice)
		}, 1, false},
		{"both are silent", func(l []timbre.LegListener) { speaks(l, 5*time.Minute, noise, noise) }, 0, false},
		{"listens and answers", func(l []timbre.LegListener) {
			for range 5 {
				speaks(l, 100*time.Second, voice, noise)
				speaks(l, time.Second, noise, voice)
			}
		}, 0, false},
		{"no packets come", func(l []timbre.LegListener) { speaks(l[:1], 5*time.Minute, voice) }, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := registry()
			_, legs := begin(t, r)
			c.feed(legs)
			if n := testutil.ToFloat64(r.metrics.deaf); n != c.found {
				t.Errorf("got %v deaf legs, want %v", n, c.found)
			}
			if warned := len(r.Live()[0].Warnings) > 0; warned != c.now {
				t.Errorf("got warnings %v, want one: %v", r.Live()[0].Warnings, c.now)
			}
		})
	}
}
