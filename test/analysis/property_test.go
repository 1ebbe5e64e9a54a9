package analysis

import (
	"math"
	"reflect"
	"testing"
	"time"

	"timbre"
	"timbre/bench/line"
	"timbre/search/dot"
	"timbre/speech"
)

// heard is what the analysis makes of a leg: the net speech of all of it, and the voiceprint of its first 10 s.
type heard struct {
	net   time.Duration
	print timbre.Voiceprint
}

// hear analyses a leg that arrives in frames of a length.
func (c chain) hear(t *testing.T, pcm []int16, frame time.Duration) (h heard) {
	t.Helper()
	var voice []float32
	var kept time.Duration
	d := speech.NewDetector(c.vad, func(s timbre.Speech) {
		if h.net = s.Net; kept < 10*time.Second {
			voice, kept = timbre.Wave(voice, s.PCM), s.Net
		}
	})
	d.Gates = speech.NewGates(speech.Origin{})
	for at, size := 0, timbre.Samples(frame); at < len(pcm); at += size {
		d.Frame(timbre.Frame{At: timbre.Duration(at), PCM: pcm[at:min(at+size, len(pcm))]})
	}
	d.Flush()
	var err error
	if h.print, err = c.embedder.Embed(t.Context(), voice, kept); err != nil {
		t.Fatal(err)
	}
	return h
}

// moved is how far a property may move the embedding, as the least cosine similarity, and the net speech of 25 s of a call.
var moved = struct {
	cosine float64
	net    time.Duration
}{0.99, 300 * time.Millisecond}

func TestLineMovesVoiceOnlyWithinBounds(t *testing.T) {
	c := newChain(t)
	for _, file := range []string{"s1_second_caller.wav", "s3_second_caller.wav"} {
		pcm := louder(-14)(read(t, file)[:timbre.Samples(25*time.Second)]) // as on a telephone: 12 dB more do not clip
		plain := c.hear(t, pcm, timbre.FrameDuration)
		for _, p := range []struct {
			name   string
			change func([]int16) []int16
		}{
			{"12 dB louder", louder(12)},
			{"12 dB quieter", louder(-12)},
			{"after silence", after(make([]int16, 62_160))}, // no whole number of windows
			{"after American ring-back", after(ring(0))},
			{"after British ring-back", after(ring(1))},
			{"with an offset of 1 %", offset(328)},
		} {
			t.Run(file+" "+p.name, func(t *testing.T) {
				got := c.hear(t, p.change(pcm), timbre.FrameDuration)
				cosine := float64(dot.Product(plain.print.Embedding, got.print.Embedding))
				t.Logf("got cosine %.4f, net speech %v, before %v", cosine, got.net, plain.net)
				if cosine < moved.cosine {
					t.Errorf("got cosine %.4f, want at least %v", cosine, moved.cosine)
				}
				if by := (got.net - plain.net).Abs(); by > moved.net {
					t.Errorf("got net speech %v, want %v within %v", got.net, plain.net, moved.net)
				}
			})
		}
	}
}

// Neither the length of the frames nor another run changes anything.
func TestFrameLengthChangesNothing(t *testing.T) {
	c := newChain(t)
	pcm := read(t, "s5_second_caller.wav")[:timbre.Samples(20*time.Second)]
	want := c.hear(t, pcm, timbre.FrameDuration)
	for _, frame := range []time.Duration{20e6, 10e6, 30e6, 60e6} {
		t.Run(frame.String(), func(t *testing.T) {
			if got := c.hear(t, pcm, frame); !reflect.DeepEqual(got, want) {
				t.Errorf("got another voiceprint, or net speech %v, want %v", got.net, want.net)
			}
		})
	}
}

func louder(dB float64) func([]int16) []int16 {
	return func(pcm []int16) []int16 {
		x := line.Wave(pcm)
		line.Scale(x, line.Gain(dB))
		return line.PCM(x)
	}
}

func after(sound []int16) func([]int16) []int16 {
	return func(pcm []int16) []int16 { return append(append([]int16{}, sound...), pcm...) }
}

func ring(country int) []int16 {
	return line.PCM(line.RingBacks[country].Ring(18*time.Second, line.VoiceLevel))
}

func offset(by int) func([]int16) []int16 {
	return func(pcm []int16) []int16 {
		out := make([]int16, len(pcm))
		for i, s := range pcm {
			out[i] = int16(max(math.MinInt16, min(math.MaxInt16, int(s)+by)))
		}
		return out
	}
}
