package speech

import (
	"slices"
	"testing"
	"time"

	"timbre"
)

func BenchmarkGatesOfOneLeg(b *testing.B) {
	voice := talk(20*time.Second, 1)
	near, far := sampled(20*time.Second, added{voice, 100 * time.Millisecond, -15}), sampled(20*time.Second, added{voice, 0, 0})
	for b.Loop() {
		gated(near, far, timbre.FrameSamples)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/20, "rtf")
}

// heardOn is the reasons for which audio of a leg is dropped that rings, and then holds an echo.
func heardOn(o Origin) map[timbre.Reason]bool {
	voice := talk(10*time.Second, 1)
	near := sampled(14*time.Second, added{beeps(3*time.Second, 3, 0, 425), 0, 0}, added{voice, 4 * time.Second, -12})
	far := sampled(14*time.Second, added{voice, 4*time.Second - 100*time.Millisecond, 0})
	found := map[timbre.Reason]bool{}
	d := NewDetector(&scriptedVAD{scores: slices.Repeat([]float32{1}, 500)}, func(s timbre.Speech) { found[s.Drop.Reason] = true })
	d.Gates = NewGates(o)
	for i := 0; i < len(near); i += timbre.FrameSamples {
		d.Gates.Far(1, timbre.Frame{At: timbre.Duration(i), PCM: far[i : i+timbre.FrameSamples]})
		d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: near[i : i+timbre.FrameSamples]})
	}
	d.Flush()
	return found
}

func TestGatesAreChosenByName(t *testing.T) {
	for _, c := range []struct {
		only       []string
		tone, echo bool
	}{
		{nil, true, true},
		{[]string{"echo", "tone", "dtmf", "recording", "background"}, true, true},
		{[]string{"tone"}, true, false},
		{[]string{"echo"}, false, true},
		{[]string{"none"}, false, false},
	} {
		got := heardOn(Origin{Only: c.only})
		if got[timbre.DropTone] != c.tone || got[timbre.DropEcho] != c.echo {
			t.Errorf("gates %v: got tone dropped %t, echo %t, want %t, %t", c.only, got[timbre.DropTone], got[timbre.DropEcho], c.tone, c.echo)
		}
	}
}

// What is dropped is neither net speech nor voiced, and every sample of the leg is reported once, in order.
func TestDroppedAudioIsNoSpeech(t *testing.T) {
	var last timbre.Speech
	var drops timbre.Drops
	passed := 0
	leg := sampled(12*time.Second, added{beeps(6*time.Second, 1, 1, 425), 0, 0}, added{talk(6*time.Second, 1), 6 * time.Second, 0})
	for _, s := range gated(leg, nil, timbre.FrameSamples) {
		if s.At <= last.At || s.Net < last.Net {
			t.Fatalf("got %v of net speech at %v after %v at %v", s.Net, s.At, last.Net, last.At)
		}
		if s.Drop.Reason != timbre.DropNone && (s.Voiced || len(s.PCM) > 0 || s.Net > last.Net) {
			t.Errorf("got a stretch dropped as %s that is voiced %t, with %d samples", s.Drop.Reason, s.Voiced, len(s.PCM))
		}
		last, passed = s, passed+len(s.PCM)
		drops.Add(s.Drop)
	}
	if all := last.Net + drops.Total(); last.At != 12*time.Second || all != last.At || timbre.Samples(last.Net) != passed {
		t.Errorf("got %v passed in %d samples and %v dropped of %v, want all of 12 s", last.Net, passed, drops.Total(), last.At)
	}
}
