package speech

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"timbre"
)

// talk resembles a voice: noise of changing colour in syllables, with pauses between sentences.
func talk(d time.Duration, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, timbre.Samples(d))
	for at := 0; at < len(x); {
		n := timbre.Samples(time.Duration(80+r.IntN(220)) * time.Millisecond)
		low := 250 * math.Pow(6, r.Float64())
		band, loud := formant{resonator: newResonator(low, low*(1.5+r.Float64()))}, 0.05+0.3*r.Float64()
		for i := at; i < min(at+n, len(x)); i++ {
			x[i] = loud * math.Sin(math.Pi*float64(i-at)/float64(n)) * band.next(r.NormFloat64())
		}
		if at += n; r.IntN(6) == 0 {
			at += timbre.Samples(time.Duration(200+r.IntN(500)) * time.Millisecond)
		}
	}
	return x
}

// added is the sum of sounds from a time on, each at a level in dB.
type added struct {
	sound []float64
	at    time.Duration
	dB    float64
}

// sampled is a leg of a length with sounds over line noise.
func sampled(length time.Duration, all ...added) []int16 {
	r := rand.New(rand.NewPCG(9, uint64(len(all))))
	if len(all) > 0 {
		r = rand.New(rand.NewPCG(uint64(all[len(all)-1].at), math.Float64bits(all[len(all)-1].sound[100])))
	}
	x := make([]float64, timbre.Samples(length))
	for i := range x {
		x[i] = 0.0005 * r.NormFloat64()
	}
	for _, a := range all {
		for i, v := range a.sound {
			if k := timbre.Samples(a.at) + i; k < len(x) {
				x[k] += v * math.Pow(10, a.dB/20)
			}
		}
	}
	pcm := make([]int16, len(x))
	for i, v := range x {
		pcm[i] = int16(math.Round(32768 * max(-0.999, min(0.999, v))))
	}
	return pcm
}

// gated sends two legs in frames of a size through a detector with gates that takes everything for speech.
func gated(near, far []int16, size int) []timbre.Speech {
	var out []timbre.Speech
	says := slices.Repeat([]float32{1}, len(near)/Window+1)
	d := NewDetector(&scriptedVAD{scores: says}, func(s timbre.Speech) { out = append(out, s) })
	d.Gates = NewGates(Origin{})
	for i := 0; i < len(near); i += size {
		for k := i; k < min(i+size, len(far)); k += timbre.FrameSamples {
			d.Gates.Far(1, timbre.Frame{At: timbre.Duration(k), PCM: far[k:min(k+timbre.FrameSamples, i+size, len(far))]})
		}
		d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: near[i:min(i+size, len(near))]})
	}
	d.Flush()
	return out
}

// dropped is how much of a stretch was dropped for a reason.
func dropped(out []timbre.Speech, why timbre.Reason, from, to time.Duration) (sum time.Duration) {
	for _, s := range out {
		if s.Drop.Reason == why && s.At > from && s.At <= to {
			sum += s.Drop.For
		}
	}
	return sum
}

func TestEchoOfTheOtherPartyIsDropped(t *testing.T) {
	agent, caller := talk(10*time.Second, 1), talk(10*time.Second, 2)
	far := sampled(20*time.Second, added{agent, 0, 0})
	for _, dB := range []float64{-10, -15, -20} {
		for _, delay := range []time.Duration{0, 33 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond} {
			t.Run(fmt.Sprint(dB, " dB after ", delay), func(t *testing.T) {
				near := sampled(20*time.Second, added{agent, delay, dB}, added{caller, 10*time.Second + delay, 0})
				out := gated(near, far, timbre.FrameSamples)
				if got := dropped(out, timbre.DropEcho, 0, 10*time.Second); got < 8*time.Second {
					t.Errorf("got %v of 10 s of echo dropped, want at least 8 s", got)
				}
				if got := dropped(out, timbre.DropEcho, 11*time.Second, 20*time.Second); got > 90*time.Millisecond {
					t.Errorf("got %v of the caller's voice dropped, want at most 90 ms", got)
				}
			})
		}
	}
}

func TestNothingIsDroppedWithoutEcho(t *testing.T) {
	for seed := range uint64(10) {
		near := sampled(20*time.Second, added{talk(20*time.Second, 2*seed), 0, 0})
		far := sampled(20*time.Second, added{talk(20*time.Second, 2*seed+1), 0, 0})
		if got := dropped(gated(near, far, timbre.FrameSamples), timbre.DropEcho, 0, time.Hour); got > 0 {
			t.Errorf("both talk, %d: got %v dropped as echo, want none", seed, got)
		}
		if got := dropped(gated(near, sampled(20*time.Second), timbre.FrameSamples), timbre.DropEcho, 0, time.Hour); got > 0 {
			t.Errorf("one talks, %d: got %v dropped as echo, want none", seed, got)
		}
	}
}

// A voice over the echo passes when it is louder than the echo.
func TestVoiceOverEchoPasses(t *testing.T) {
	agent := talk(20*time.Second, 1)
	near := sampled(20*time.Second, added{agent, 100 * time.Millisecond, -20}, added{talk(5*time.Second, 2), 10 * time.Second, 0})
	out := gated(near, sampled(20*time.Second, added{agent, 0, 0}), timbre.FrameSamples)
	if got := dropped(out, timbre.DropEcho, 10*time.Second, 15*time.Second); got > 2*time.Second {
		t.Errorf("got %v of 5 s dropped while both talk, want at most 2 s: its pauses", got)
	}
	if got := dropped(out, timbre.DropEcho, 15*time.Second, 20*time.Second); got < 4*time.Second {
		t.Errorf("got %v of the 5 s of echo after it dropped, want at least 4 s", got)
	}
}

// An echo that ends, because the call was transferred, does not take the caller's quiet voice with it.
func TestPathOfAnEchoThatIsGoneIsForgotten(t *testing.T) {
	agent := talk(20*time.Second, 1)
	near := sampled(20*time.Second, added{agent[:timbre.Samples(6*time.Second)], 0, -10}, added{talk(8*time.Second, 2), 12 * time.Second, -22})
	out := gated(near, sampled(20*time.Second, added{agent, 0, 0}), timbre.FrameSamples)
	if got := dropped(out, timbre.DropEcho, 12*time.Second, 20*time.Second); got > 500*time.Millisecond {
		t.Errorf("got %v of a voice 12 dB below the former echo dropped, want at most 0.5 s", got)
	}
}

// Gain, an offset and the size of frames move what is dropped of 8 s by no more than 0.4 s.
func TestEchoDoesNotDependOnGainOffsetAndFrames(t *testing.T) {
	agent, caller := talk(8*time.Second, 1), talk(8*time.Second, 2)
	leg := func(gain float64, offset int16) []int16 {
		pcm := sampled(16*time.Second, added{agent, 100 * time.Millisecond, gain - 12}, added{caller, 8 * time.Second, gain})
		for i := range pcm {
			pcm[i] += offset
		}
		return pcm
	}
	far := sampled(16*time.Second, added{agent, 0, 0})
	want := dropped(gated(leg(0, 0), far, timbre.FrameSamples), timbre.DropEcho, 0, time.Hour)
	for _, c := range []struct {
		name   string
		gain   float64
		offset int16
		size   int
	}{
		{"6 dB louder", 6, 0, timbre.FrameSamples},
		{"6 dB quieter", -6, 0, timbre.FrameSamples},
		{"offset", 0, 800, timbre.FrameSamples},
		{"frames of 10 ms", 0, 0, 80},
		{"odd frames", 0, 0, 133},
		{"frames of 60 ms", 0, 0, 480},
	} {
		got := dropped(gated(leg(c.gain, c.offset), far, c.size), timbre.DropEcho, 0, time.Hour)
		if diff := (got - want).Abs(); diff > 400*time.Millisecond {
			t.Errorf("%s: got %v dropped, want %v and no more than 400 ms from it", c.name, got, want)
		}
	}
}

// The legs need not begin at the same time, and one of them may be silent for a while.
func TestLegsArePairedByArrival(t *testing.T) {
	agent := talk(10*time.Second, 1)
	near, far := sampled(10*time.Second, added{agent, 100 * time.Millisecond, -12}), sampled(10*time.Second, added{agent, 0, 0})
	var out []timbre.Speech
	d := NewDetector(&scriptedVAD{scores: slices.Repeat([]float32{1}, 400)}, func(s timbre.Speech) { out = append(out, s) })
	d.Gates = NewGates(Origin{})
	for i := 0; i < len(near); i += timbre.FrameSamples {
		gap := time.Duration(0)
		if i >= len(near)/2 {
			gap = 7 * time.Second // the other leg was on hold
		}
		d.Gates.Far(1, timbre.Frame{At: 40*time.Second + gap + timbre.Duration(i), PCM: far[i : i+timbre.FrameSamples]})
		d.Frame(timbre.Frame{At: gap + timbre.Duration(i), PCM: near[i : i+timbre.FrameSamples]})
	}
	d.Flush()
	if got := dropped(out, timbre.DropEcho, 0, time.Hour); got < 8*time.Second {
		t.Errorf("got %v of 10 s of echo dropped, want at least 8 s", got)
	}
}

// next is the next sample of a band of noise.
func (f *formant) next(x float64) float64 {
	change := x - f.x2
	f.x1, f.x2 = x, f.x1
	return f.follow(change)
}

type formant struct {
	resonator
	x1, x2 float64
}
