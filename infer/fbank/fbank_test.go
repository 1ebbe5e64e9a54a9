package fbank

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"timbre"
)

// reference is a form with rows that testdata/reference.py has computed.
type reference struct {
	Name, Window     string
	Rate, Mels       int
	Preemphasis      float64
	Low, High, Scale float64
	Mean             bool
	Frames           int
	Values           map[string][]float64
}

func (r reference) form() timbre.Filterbank {
	return timbre.Filterbank{
		Mels: r.Mels, Frame: 25 * time.Millisecond, Shift: 10 * time.Millisecond, Window: r.Window, Preemphasis: r.Preemphasis,
		Low: r.Low, High: r.High, Floor: 1.1920929e-07, Mean: r.Mean,
	}
}

// signal is the one of the reference, times a scale.
func signal(rate int, scale float64) []float32 {
	state, pcm := uint64(12345), make([]float32, rate*3/10)
	for i := range pcm {
		state = (1103515245*state + 12345) % (1 << 31)
		t := float64(i) / float64(rate)
		pcm[i] = float32(scale * (0.3*math.Sin(2*math.Pi*220*t) + 0.2*math.Sin(2*math.Pi*(500+2000*t)*t) + 0.1*(float64(state)/(1<<30)-1) + 0.05))
	}
	return pcm
}

func references(t testing.TB) (list []reference) {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &list); err != nil || len(list) == 0 {
		t.Fatalf("got %d references, %v", len(list), err)
	}
	return list
}

func TestFilterbankEqualsReference(t *testing.T) {
	for _, r := range references(t) {
		t.Run(r.Name, func(t *testing.T) {
			out := New(r.form(), r.Rate).Compute(signal(r.Rate, r.Scale))
			if len(out) != r.Frames*r.Mels {
				t.Fatalf("got %d values, want %d frames of %d", len(out), r.Frames, r.Mels)
			}
			for frame, want := range r.Values {
				n, err := strconv.Atoi(frame)
				if err != nil {
					t.Fatal(err)
				}
				for m, v := range want {
					if got := float64(out[n*r.Mels+m]); math.Abs(got-v) > 1e-3 {
						t.Fatalf("frame %d, filter %d: got %v, want %v", n, m, got, v)
					}
				}
			}
		})
	}
}

func TestFrequencyRowIsTheTransposed(t *testing.T) {
	r := references(t)[0]
	form := r.form()
	rows := New(form, r.Rate).Compute(signal(r.Rate, 1))
	form.FrequencyRow = true
	columns := New(form, r.Rate).Compute(signal(r.Rate, 1))
	for i, v := range rows {
		if got := columns[i%r.Mels*r.Frames+i/r.Mels]; got != v {
			t.Fatalf("got %v at frame %d, filter %d, want %v", got, i/r.Mels, i%r.Mels, v)
		}
	}
}

func TestSilenceHasTheFloor(t *testing.T) {
	r := references(t)[0]
	for _, v := range New(r.form(), r.Rate).Compute(make([]float32, 1600)) {
		if math.Abs(float64(v)-math.Log(1.1920929e-07)) > 1e-5 {
			t.Fatalf("got %v, want the logarithm of the floor", v)
		}
	}
}

func TestFramesLieWithinTheAudio(t *testing.T) {
	b := New(references(t)[0].form(), 16000)
	for n, want := range map[int]int{0: 0, 399: 0, 400: 1, 559: 1, 560: 2, 16000: 98} {
		if got := b.Frames(n); got != want {
			t.Errorf("%d samples: got %d frames, want %d", n, got, want)
		}
		if got := len(b.Compute(make([]float32, n))); got != want*80 {
			t.Errorf("%d samples: got %d values, want %d", n, got, want*80)
		}
	}
}

func BenchmarkTenSeconds(b *testing.B) {
	bank, pcm := New(references(b)[0].form(), 16000), make([]float32, 160000)
	for b.Loop() {
		bank.Compute(pcm)
	}
}
