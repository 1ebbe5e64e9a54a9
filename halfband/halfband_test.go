package halfband

import (
	"fmt"
	"math"
	"testing"
)

func sine(hz float64, rate, n int) []float32 {
	pcm := make([]float32, n)
	for i := range pcm {
		pcm[i] = float32(0.5 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return pcm
}

// power is the power of a frequency in audio at 16 kHz, its edges left out.
func power(pcm []float32, hz float64) float64 {
	var re, im float64
	pcm = pcm[160 : len(pcm)-160]
	for i, x := range pcm {
		phase := 2 * math.Pi * hz * float64(i) / 16000
		re += float64(x) * math.Cos(phase)
		im += float64(x) * math.Sin(phase)
	}
	return (re*re + im*im) / float64(len(pcm)) / float64(len(pcm))
}

func TestDoubleKeepsTheTelephoneBandInTime(t *testing.T) {
	for _, hz := range []float64{100, 300, 1000, 2500, 3400} {
		t.Run(fmt.Sprintf("%g Hz", hz), func(t *testing.T) {
			got, want := Double(sine(hz, 8000, 8000)), sine(hz, 16000, 16000)
			if len(got) != len(want) {
				t.Fatalf("got %d samples, want %d", len(got), len(want))
			}
			for i := 100; i < len(want)-100; i++ {
				if d := math.Abs(float64(got[i] - want[i])); d > 0.003 {
					t.Fatalf("got sample %d %v, want %v", i, got[i], want[i])
				}
			}
		})
	}
}

func TestDoubleAddsNoImage(t *testing.T) {
	for _, hz := range []float64{300, 1000, 3400} {
		out := Double(sine(hz, 8000, 8000))
		if got := 10 * math.Log10(power(out, 8000-hz)/power(out, hz)); got > -60 {
			t.Errorf("%g Hz: got an image of %.1f dB, want 60 dB less than the tone", hz, got)
		}
	}
}

func TestDoubleOfAnyLength(t *testing.T) {
	for n := range 40 {
		if got := len(Double(make([]float32, n))); got != 2*n {
			t.Errorf("got %d samples of %d, want twice as many", got, n)
		}
	}
}
