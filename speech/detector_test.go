package speech

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"timbre"
)

// scriptedVAD is a VAD with given scores, window by window, that records its windows.
type scriptedVAD struct {
	scores  []float32
	windows [][]float32 // with their context
	resets  []bool      // whether the state was all zeros
	err     error
}

func (s *scriptedVAD) Step(_ context.Context, window, state []float32) (float32, error) {
	s.windows = append(s.windows, slices.Clone(window))
	s.resets = append(s.resets, state[0] == 0)
	state[0] = 1
	if s.err != nil {
		return 1, s.err
	}
	n := len(s.windows) - 1
	if n >= len(s.scores) {
		return 0, nil
	}
	return s.scores[n], nil
}

// ramp is audio whose samples are all different, as long as 16 bits last.
func ramp(windows int) []int16 {
	pcm := make([]int16, windows*Window)
	for i := range pcm {
		pcm[i] = int16(i + 1)
	}
	return pcm
}

// play sends audio in frames of size samples, the first one at media time at.
func play(d *Detector, pcm []int16, size int, at time.Duration) {
	n := 0
	for frame := range slices.Chunk(pcm, size) {
		d.Frame(timbre.Frame{At: at + timbre.Duration(n), PCM: frame})
		n += len(frame)
	}
}

func listen(v VAD, pcm []int16, size int, margin time.Duration) []timbre.Speech {
	var out []timbre.Speech
	d := NewDetector(v, func(s timbre.Speech) { out = append(out, s) })
	d.Margin = margin
	play(d, pcm, size, 0)
	d.Flush()
	return out
}

// samples are the positions, from 1, of the audio that passed.
func samples(out []timbre.Speech) []int {
	var at []int
	for _, s := range out {
		for _, x := range s.PCM {
			at = append(at, int(x))
		}
	}
	return at
}

const step = 32 * time.Millisecond

func TestNetSpeechCountsVoicedWindowsOnly(t *testing.T) {
	says := []float32{0, 0, 0.9, 0.9, 0.9, 0, 0, 0, 0.6, 0}
	for _, margin := range []time.Duration{0, step, time.Second} {
		out := listen(&scriptedVAD{scores: says}, ramp(len(says)), timbre.FrameSamples, margin)
		if len(out) != len(says) {
			t.Fatalf("got %d stretches, want %d", len(out), len(says))
		}
		if got := out[len(out)-1].Net; got != 4*step {
			t.Errorf("margin %v: got net speech %v, want %v", margin, got, 4*step)
		}
		for i, s := range out {
			if s.At != time.Duration(i+1)*step || s.Voiced != (says[i] > 0) {
				t.Errorf("got stretch %d at %v, voiced %t, want %v, %t", i, s.At, s.Voiced, time.Duration(i+1)*step, says[i] > 0)
			}
		}
	}
}

func TestHysteresisKeepsWaveringVoice(t *testing.T) {
	says := []float32{0.4, 0.49, 0.5, 0.4, 0.36, 0.34, 0.45, 0.5}
	want := []bool{false, false, true, true, true, false, false, true}
	for i, s := range listen(&scriptedVAD{scores: says}, ramp(len(says)), timbre.FrameSamples, 0) {
		if s.Voiced != want[i] {
			t.Errorf("window %d at %v: got voiced %t, want %t", i, says[i], s.Voiced, want[i])
		}
	}
}

// For any scores, margin and frame size, what passes is each voiced window, the margin before it to the sample, and the windows that
// begin within the margin after it: in order and once.
func TestVoicedAudioPassesWithMarginsOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		says := make([]float32, 1+r.IntN(60))
		for i := range says {
			if r.IntN(4) == 0 {
				says[i] = 1
			}
		}
		margin := timbre.Duration(r.IntN(4 * Window))
		pcm := ramp(len(says))[:(len(says)-1)*Window+1+r.IntN(Window)]
		out := listen(&scriptedVAD{scores: says}, pcm, 1+r.IntN(400), margin)

		pass := make([]bool, len(pcm))
		var net time.Duration
		for i, p := range says {
			if p < 1 {
				continue
			}
			from, to := i*Window, min((i+1)*Window, len(pcm))
			net += timbre.Duration(to - from)
			after := (timbre.Samples(margin) + Window - 1) / Window * Window
			for k := max(0, from-timbre.Samples(margin)); k < min(to+after, len(pcm)); k++ {
				pass[k] = true
			}
		}
		var want []int
		for i, yes := range pass {
			if yes {
				want = append(want, i+1)
			}
		}
		if got := samples(out); !slices.Equal(got, want) {
			t.Fatalf("margin %v, scores %v: got %d samples, want %d", margin, says, len(got), len(want))
		}
		if last := out[len(out)-1]; last.Net != net || last.At != timbre.Duration(len(pcm)) {
			t.Fatalf("got net %v of %v, want %v of %v", last.Net, last.At, net, timbre.Duration(len(pcm)))
		}
	}
}

func TestFrameSizeDoesNotMatter(t *testing.T) {
	says := []float32{0, 1, 1, 0, 0, 0, 1, 0, 0}
	want := listen(&scriptedVAD{scores: says}, ramp(9), timbre.FrameSamples, 50*time.Millisecond)
	for _, size := range []int{1, 80, 159, 256, 2304} {
		got := listen(&scriptedVAD{scores: says}, ramp(9), size, 50*time.Millisecond)
		same := func(a, b timbre.Speech) bool {
			return a.At == b.At && a.Net == b.Net && a.Voiced == b.Voiced && slices.Equal(a.PCM, b.PCM)
		}
		if !slices.EqualFunc(got, want, same) {
			t.Errorf("frames of %d samples: got %v, want %v", size, got, want)
		}
	}
}

func TestWindowHasContext(t *testing.T) {
	v := &scriptedVAD{}
	listen(v, ramp(5), timbre.FrameSamples, 0)
	for i, w := range v.windows {
		if len(w) != Context+Window {
			t.Fatalf("got a window of %d samples, want %d", len(w), Context+Window)
		}
		for k, x := range w {
			want := float32(max(0, i*Window+k-Context+1)) / 32768
			if x != want {
				t.Fatalf("window %d, sample %d: got %v, want %v", i, k, x, want)
			}
		}
	}
}

func TestTimeJumpResetsVAD(t *testing.T) {
	for _, c := range []struct {
		name   string
		second time.Duration // when the audio goes on that stopped at 96 ms
		fresh  bool
		end    time.Duration
	}{
		{"no jump", 96 * time.Millisecond, false, 192 * time.Millisecond},
		{"a few packets were lost", 176 * time.Millisecond, false, 272 * time.Millisecond},
		{"nothing was sent for long", 5 * time.Second, true, 5*time.Second + 96*time.Millisecond},
		{"the clock was set back", 20 * time.Millisecond, true, 192 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := &scriptedVAD{scores: []float32{0, 1, 0.4, 0.4, 0, 0}}
			var out []timbre.Speech
			d := NewDetector(v, func(s timbre.Speech) { out = append(out, s) })
			d.Margin = time.Second
			play(d, ramp(3), Window, 0)
			play(d, ramp(3), Window, c.second)
			if v.resets[3] != c.fresh {
				t.Errorf("got state reset %t, want %t", v.resets[3], c.fresh)
			}
			if zero := v.windows[3][0] == 0; zero != c.fresh {
				t.Errorf("got context reset %t, want %t", zero, c.fresh)
			}
			if out[3].Voiced == c.fresh {
				t.Errorf("got voiced %t after the jump, want %t", out[3].Voiced, !c.fresh)
			}
			if got := out[5].At; got != c.end {
				t.Errorf("got the end at %v, want %v", got, c.end)
			}
			if passes := out[5].PCM != nil; passes == c.fresh {
				t.Errorf("got a margin after the jump %t, want %t", passes, !c.fresh)
			}
		})
	}
}

func TestSilenceClearsVADState(t *testing.T) {
	second := int(MaxSilence/step) + 1 // windows in at least a second
	says := make([]float32, 4*second)
	says[2] = 1
	v := &scriptedVAD{scores: says}
	listen(v, ramp(len(says)), timbre.FrameSamples, 0)
	for i, cleared := range v.resets {
		if want := i == 0 || i > 3 && (i-3)%second == 0; cleared != want {
			t.Errorf("window %d: got state cleared %t, want %t", i, cleared, want)
		}
	}
}

func TestVoiceKeepsVADState(t *testing.T) {
	says := make([]float32, 100)
	for i := range says {
		says[i] = float32(i/20%2) * 0.9 // pauses of 640 ms
	}
	v := &scriptedVAD{scores: says}
	listen(v, ramp(len(says)), timbre.FrameSamples, 0)
	for i, cleared := range v.resets[1:] {
		if cleared {
			t.Errorf("window %d: got state cleared, want it kept through short pauses", i+1)
		}
	}
}

func TestTimeCountsFromTheFirstFrame(t *testing.T) {
	var out []timbre.Speech
	d := NewDetector(&scriptedVAD{scores: []float32{1}}, func(s timbre.Speech) { out = append(out, s) })
	d.Frame(timbre.Frame{At: time.Minute})
	play(d, ramp(1), Window, time.Hour)
	if out[0].At != step || out[0].Net != step {
		t.Errorf("got net %v at %v, want %v at %v", out[0].Net, out[0].At, step, step)
	}
}

func TestTimeJumpFlushesIncompleteWindow(t *testing.T) {
	var out []timbre.Speech
	d := NewDetector(&scriptedVAD{scores: []float32{1, 1}}, func(s timbre.Speech) { out = append(out, s) })
	play(d, ramp(1)[:80], 80, 0)
	play(d, ramp(1), Window, time.Second)
	if len(out) != 2 || out[0].At != 10*time.Millisecond || out[0].Net != 10*time.Millisecond || len(out[0].PCM) != 80 {
		t.Fatalf("got %+v, want two stretches, the first of 10 ms", out)
	}
	if out[1].At != time.Second+step || out[1].Net != step+10*time.Millisecond {
		t.Errorf("got net %v at %v, want %v at %v", out[1].Net, out[1].At, step+10*time.Millisecond, time.Second+step)
	}
}

func TestVADErrorIsUnvoiced(t *testing.T) {
	broken := errors.New("broken")
	var out []timbre.Speech
	d := NewDetector(&scriptedVAD{err: broken}, func(s timbre.Speech) { out = append(out, s) })
	play(d, ramp(3), timbre.FrameSamples, 0)
	if !errors.Is(d.Err(), broken) || len(out) == 0 || out[0].Voiced || out[len(out)-1].Net != 0 {
		t.Errorf("got error %v and %+v, want the error of the VAD and nothing voiced", d.Err(), out)
	}
}

// Whatever the media times of its frames, the clock of a leg never goes back, its net speech never exceeds the audio sent, and each
// sample passes at most once.
func TestClocksAreMonotonic(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		says := make([]float32, 400)
		for i := range says {
			says[i] = r.Float32()
		}
		var sent, passed int
		var last timbre.Speech
		d := NewDetector(&scriptedVAD{scores: says}, func(s timbre.Speech) {
			if s.At < last.At || s.Net < last.Net || s.Net > timbre.Duration(sent) {
				t.Fatalf("got net %v at %v after %v at %v, with %v sent", s.Net, s.At, last.Net, last.At, timbre.Duration(sent))
			}
			last, passed = s, passed+len(s.PCM)
		})
		at := time.Duration(r.Int64N(1e12))
		for range 50 {
			pcm := make([]int16, r.IntN(500))
			sent += len(pcm)
			d.Frame(timbre.Frame{At: at, PCM: pcm})
			at += timbre.Duration(len(pcm))
			if r.IntN(5) == 0 {
				at += time.Duration(r.Int64N(4e8)) - 2e8
			}
		}
		d.Flush()
		if passed > sent {
			t.Fatalf("got %d samples of %d sent", passed, sent)
		}
	}
}
