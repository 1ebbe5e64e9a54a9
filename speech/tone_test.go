package speech

import (
	"math"
	"slices"
	"testing"
	"time"

	"timbre"
)

// beeps is a tone of frequencies with a cadence in seconds.
func beeps(d time.Duration, on, off float64, frequencies ...float64) []float64 {
	x := make([]float64, timbre.Samples(d))
	for i := range x {
		if t := float64(i) / timbre.SampleRate; math.Mod(t, on+off) < on {
			for _, f := range frequencies {
				x[i] += 0.1 * math.Sin(2*math.Pi*f*t)
			}
		}
	}
	return x
}

func TestCallProgressTonesAreDropped(t *testing.T) {
	for _, c := range []struct {
		name        string
		on, off     float64
		frequencies []float64
	}{
		{"ring-back, United States", 2, 4, []float64{440, 480}},
		{"ring-back, Europe", 1, 4, []float64{425}},
		{"ring-back, United Kingdom", 0.4, 0.2, []float64{400, 450}},
		{"ring-back, Japan", 1, 2, []float64{384, 416}},
		{"busy, United States", 0.5, 0.5, []float64{480, 620}},
		{"busy, Germany", 0.48, 0.48, []float64{425}},
		{"dial tone", 20, 0, []float64{350, 440}},
		{"modem answer", 20, 0, []float64{2100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			voice := spoken(t, "s1_enrol_caller.wav", 5*time.Second, 10*time.Second)
			out := gated(sampled(30*time.Second, added{beeps(18*time.Second, c.on, c.off, c.frequencies...), 0, 0}, added{voice, 18500 * time.Millisecond, 0}), nil, timbre.FrameSamples)
			heard := 18 * c.on / (c.on + c.off)
			if got := dropped(out, timbre.DropTone, 0, 18*time.Second).Seconds(); got < 0.85*heard {
				t.Errorf("got %.1f s of %.1f s of tone dropped, want 85 %%", got, heard)
			}
			if got := dropped(out, timbre.DropTone, 18500*time.Millisecond, time.Hour); got > 0 {
				t.Errorf("got %v of the voice after it dropped, want none", got)
			}
		})
	}
}

func TestKeyTonesWithinSpeechAreMutedAndTheRestIsKept(t *testing.T) {
	voice := spoken(t, "s2_enrol_caller.wav", 5*time.Second, 25*time.Second)
	keys := make([]float64, len(voice))
	pressed := map[int]bool{} // windows
	for n := range 20 {
		at := timbre.SampleRate/2 + n*timbre.SampleRate
		for i := range timbre.SampleRate / 10 {
			x := float64(i) / timbre.SampleRate
			keys[at+i] = 0.12 * (math.Sin(2*math.Pi*lowTones[n%4]*x) + math.Sin(2*math.Pi*highTones[n/4%4]*x))
			pressed[(at+i)/Window] = true
		}
	}
	mixed := sampled(25*time.Second, added{voice, 0, 0}, added{keys, 0, 0})
	var muted, kept, left, other int
	for i, s := range gated(slices.Clone(mixed), nil, timbre.FrameSamples) {
		was := mixed[i*Window : min((i+1)*Window, len(mixed))]
		switch {
		case !pressed[i] && s.Drop.Reason == timbre.DropNone && slices.Equal(s.PCM, was):
		case !pressed[i]:
			other++
		case s.Drop.Reason == timbre.DropDTMF:
			muted++
		case inTones(s.PCM) < 0.1*inTones(was):
			muted++
			kept++
		default:
			left++
		}
	}
	if muted < 60 || kept < 30 || other > 4 {
		t.Errorf("got the tones taken out of %d windows, %d of which are kept, left in %d, and %d others changed; want at least 60 and 30 of %d, and at most 4", muted, kept, left, other, len(pressed))
	}
}

// inTones is the power in the frequencies of keys.
func inTones(pcm []int16) (sum float64) {
	for _, f := range slices.Concat(lowTones[:], highTones[:]) {
		sum += goertzel(pcm, f)
	}
	return sum
}

// Of keys that are pressed in silence, nothing is left to hear.
func TestKeyTonesAloneAreDropped(t *testing.T) {
	tones := beeps(5*time.Second, 0.1, 0.4, lowTones[1], highTones[2])
	if got := dropped(gated(sampled(5*time.Second, added{tones, 0, 0}), nil, timbre.FrameSamples), timbre.DropDTMF, 0, time.Hour).Seconds(); got < 0.7 {
		t.Errorf("got %.2f s of 1 s of keys dropped, want 0.7 s", got)
	}
}

// No gate drops anything of a clean voice.
func TestCleanVoicesAreKept(t *testing.T) {
	for _, file := range []string{"s1_enrol_caller.wav", "s2_second_caller.wav", "s3_enrol_caller.wav", "s4_second_caller.wav", "s5_enrol_caller.wav"} {
		var drops timbre.Drops
		for _, s := range gated(sampled(34*time.Second, added{spoken(t, file, 0, 34*time.Second), 0, 0}), nil, timbre.FrameSamples) {
			drops.Add(s.Drop)
		}
		if drops.Total() > 100*time.Millisecond {
			t.Errorf("%s: got %v dropped, want at most 0.1 s", file, drops)
		}
	}
}
