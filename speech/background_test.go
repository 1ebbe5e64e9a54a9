package speech

import (
	"testing"
	"time"

	"timbre"
)

// babble is three people who talk at once.
func babble(d time.Duration) []float64 {
	x := make([]float64, timbre.Samples(d))
	for seed := range 3 {
		for i, v := range talk(d, uint64(20+seed)) {
			x[i] += v / 1.7
		}
	}
	return x
}

// heardWith is what becomes of two legs if voice activity detection takes all that is audible for a voice. late is by how much audio the
// gates were behind at most, and at the end.
func heardWith(near, far []int16, only ...string) (out []timbre.Speech, late, end time.Duration) {
	var says []float32
	for i := 0; i < len(near); i += Window {
		var power float64
		for _, s := range near[i:min(i+Window, len(near))] {
			power += float64(s) * float64(s) / Window
		}
		says = append(says, map[bool]float32{true: 1}[power > 100*100])
	}
	d := NewDetector(&scriptedVAD{scores: says}, func(s timbre.Speech) { out = append(out, s) })
	d.Gates = NewGates(Origin{Only: only})
	for i := 0; i < len(near); i += timbre.FrameSamples {
		d.Gates.Far(1, timbre.Frame{At: timbre.Duration(i), PCM: far[i : i+timbre.FrameSamples]})
		d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: near[i : i+timbre.FrameSamples]})
		end = timbre.Duration(i)
		if len(out) > 0 {
			end -= out[len(out)-1].At
		}
		late = max(late, end)
	}
	d.Flush()
	return out, late, end
}

func TestVoicesBehindThePartyAreDropped(t *testing.T) {
	agent, caller := talk(8*time.Second, 1), talk(8*time.Second, 2)
	far := sampled(20*time.Second, added{agent[:3*timbre.SampleRate], 0, 0}, added{agent, 11 * time.Second, 0})
	for _, dB := range []float64{-10, -15} {
		near := sampled(20*time.Second, added{babble(20 * time.Second), 0, dB}, added{caller, 3 * time.Second, 0})
		out, _, _ := heardWith(near, far)
		var kept time.Duration
		for _, s := range out {
			if s.Voiced && s.At > 11500*time.Millisecond {
				kept += Window * time.Second / timbre.SampleRate
			}
		}
		if kept > 1500*time.Millisecond {
			t.Errorf("%.0f dB: got %v of 8.5 s of babble kept, want at most 1.5 s", dB, kept)
		}
		clean, _, _ := heardWith(sampled(20*time.Second, added{caller, 3 * time.Second, 0}), far)
		var lost, said time.Duration
		for i, s := range clean {
			if s.Voiced {
				said += Window * time.Second / timbre.SampleRate
				lost += out[i].Drop.For
			}
		}
		if lost > said/10 {
			t.Errorf("%.0f dB: got %v of %v of the party's voice dropped, want at most a tenth", dB, lost, said)
		}
	}
}

// While both parties talk at once nobody is in the background, and the results are late for no longer than it takes to know that.
func TestNobodyIsInTheBackgroundOfOneVoice(t *testing.T) {
	near, far := sampled(30*time.Second, added{talk(30*time.Second, 2), 0, 0}), sampled(30*time.Second, added{talk(30*time.Second, 1), 0, 0})
	out, late, end := heardWith(near, far)
	if got := dropped(out, timbre.DropBackground, 0, time.Hour); got > 0 {
		t.Errorf("both talk: got %v dropped, want none", got)
	}
	if late > 2*time.Second || end > 2*time.Second {
		t.Errorf("both talk: got results late by %v at most and %v at the end, want 2 s", late, end)
	}
	agent := sampled(30*time.Second, added{talk(9*time.Second, 1), 0, 0}, added{talk(9*time.Second, 3), 20 * time.Second, 0})
	for _, dB := range []float64{0, -20} {
		out, late, _ := heardWith(sampled(30*time.Second, added{talk(9*time.Second, 2), 10 * time.Second, dB}), agent)
		if got := dropped(out, timbre.DropBackground, 0, time.Hour); got > 0 || late > 2*time.Second {
			t.Errorf("in turns, %.0f dB: got %v dropped, results late by %v, want none, less than 2 s", dB, got, late)
		}
	}
}

// A party that becomes quiet for a while, and says words of assent meanwhile, is not in its own background.
func TestWordsOfAssentAreKept(t *testing.T) {
	near := []added{{talk(10*time.Second, 2), 0, 0}}
	for n := range 5 {
		near = append(near, added{talk(400*time.Millisecond, uint64(30+n)), time.Duration(11+2*n) * time.Second, -12})
	}
	out, _, _ := heardWith(sampled(30*time.Second, near...), sampled(30*time.Second, added{talk(10*time.Second, 1), 10 * time.Second, 0}))
	if got := dropped(out, timbre.DropBackground, 0, time.Hour); got > 0 {
		t.Errorf("got %v dropped, want none", got)
	}
}
