package codec

import (
	"fmt"
	"math"
	"testing"
)

var rates = []int{11025, 12000, 22050, 24000, 32000, 44100, 48000, 96000}

// sine is a second of a tone of half the full scale.
func sine(rate int, hz float64) []int16 {
	pcm := make([]int16, rate)
	for i := range pcm {
		pcm[i] = int16(math.Round(16384 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate))))
	}
	return pcm
}

func TestResampleKeepsTelephoneAudioInTime(t *testing.T) {
	for _, rate := range rates {
		for _, hz := range []float64{100, 1000, 3300} {
			t.Run(fmt.Sprintf("%d Hz, tone of %g Hz", rate, hz), func(t *testing.T) {
				got, want := Resample(sine(rate, hz), rate), sine(8000, hz)
				if len(got) != len(want) {
					t.Fatalf("got %d samples, want %d", len(got), len(want))
				}
				for i := 100; i < len(want)-100; i++ { // the ends are next to silence
					if d := math.Abs(float64(got[i]) - float64(want[i])); d > 80 {
						t.Fatalf("got sample %d %d, want %d", i, got[i], want[i])
					}
				}
			})
		}
	}
}

func TestResampleSuppressesWhatWouldAlias(t *testing.T) {
	for _, rate := range rates {
		for _, hz := range []float64{4600, 5000, 5400, 10000, 15000, 20000} {
			if hz >= float64(rate)/2 {
				continue
			}
			t.Run(fmt.Sprintf("%d Hz, tone of %g Hz", rate, hz), func(t *testing.T) {
				out := Resample(sine(rate, hz), rate)
				if got := level(out[100 : len(out)-100]); got > 16384*math.Pow(10, -60.0/20) {
					t.Errorf("got a level of %.1f, want 60 dB less than 16384", got)
				}
			})
		}
	}
}

func TestResampleOfAnyLength(t *testing.T) {
	for _, rate := range append(rates, 8000, 16000, 8001, 191999) {
		for n := range 50 {
			out := Resample(make([]int16, n), rate)
			if want := (n*8000 + rate - 1) / rate; len(out) != want {
				t.Fatalf("got %d samples of %d at %d Hz, want %d", len(out), n, rate, want)
			}
		}
	}
}

func BenchmarkResampleSecond(b *testing.B) {
	for _, rate := range []int{16000, 44100, 48000} {
		b.Run(fmt.Sprint(rate), func(b *testing.B) {
			pcm := sine(rate, 1000)
			for b.Loop() {
				Resample(pcm, rate)
			}
		})
	}
}
