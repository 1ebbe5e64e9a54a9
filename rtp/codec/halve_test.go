package codec

import (
	"fmt"
	"math"
	"testing"
)

// tone is a second of a sine at 16 kHz.
func tone(hz, amplitude float64) []int16 {
	pcm := make([]int16, 16000)
	for i := range pcm {
		pcm[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*hz*float64(i)/16000)))
	}
	return pcm
}

// level is the amplitude of a sine in pcm, its edges left out.
func level(pcm []int16) float64 {
	sum := 0.0
	pcm = pcm[100 : len(pcm)-100]
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(2 * sum / float64(len(pcm)))
}

func TestHalveIsALowPass(t *testing.T) {
	const amplitude = 16000
	for _, c := range []struct{ hz, least, most float64 }{
		{100, -0.1, 0.1},
		{300, -0.1, 0.1},
		{1000, -0.1, 0.1},
		{2500, -0.1, 0.1},
		{3400, -0.1, 0.1},
		{4600, -200, -65},
		{5000, -200, -65},
		{6000, -200, -65},
		{7900, -200, -65},
	} {
		t.Run(fmt.Sprintf("%g Hz", c.hz), func(t *testing.T) {
			got := 20 * math.Log10(math.Max(level(Halve(tone(c.hz, amplitude))), 1e-3)/amplitude)
			if got < c.least || got > c.most {
				t.Errorf("%.0f Hz: got %.2f dB, want %.1f to %.1f", c.hz, got, c.least, c.most)
			}
		})
	}
}

func TestHalveAddsNoDelay(t *testing.T) {
	in := tone(440, 12000)
	for n, s := range Halve(in) {
		if n < 50 || n > 7950 {
			continue
		}
		if d := abs(int(s) - int(in[2*n])); d > 40 {
			t.Fatalf("got sample %d %d, want %d", n, s, in[2*n])
		}
	}
}

func TestHalveSaturates(t *testing.T) {
	in := make([]int16, 400)
	for i := range in {
		in[i] = math.MaxInt16
		if i/20%2 == 1 {
			in[i] = math.MinInt16
		}
	}
	for n, s := range Halve(in) {
		if m := in[2*n]; n%10 > 2 && n%10 < 8 && (s > 0) != (m > 0) {
			t.Fatalf("got sample %d %d, want the sign of %d", n, s, m)
		}
	}
	if got := len(Halve(make([]int16, 5))); got != 3 {
		t.Errorf("got %d samples of 5, want 3", got)
	}
	if got := len(Halve(nil)); got != 0 {
		t.Errorf("got %d samples of none, want 0", got)
	}
}

func BenchmarkHalveSecond(b *testing.B) {
	in := tone(440, 12000)
	b.ReportAllocs()
	for b.Loop() {
		Halve(in)
	}
}
