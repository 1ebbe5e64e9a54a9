package speech

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
	"time"
)

func TestSpectrumIsThatOfTheFourierTransform(t *testing.T) {
	pcm := sampled(4*step, added{talk(time.Second, 3), 0, 0}, added{beeps(time.Second, 1, 0, 425), 0, 0})
	var a analyser
	for at := 0; at < len(pcm); at += Window {
		s := a.add(pcm[at:][:Window])
		if at == 0 {
			continue
		}
		for k := range bins {
			var sum complex128
			for i, x := range pcm[at-Window : at+Window] {
				hann := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/spectrumSize)
				sum += complex(hann*float64(x)/32768, 0) * cmplx.Rect(1, -2*math.Pi*float64(i*k)/spectrumSize)
			}
			want := real(sum)*real(sum) + imag(sum)*imag(sum)
			if got := float64(s[k]); math.Abs(got-want) > 1e-6*want+1e-12 {
				t.Errorf("window at %d, bin %d: got power %v, want %v", at, k, got, want)
			}
		}
	}
}

func TestCorrelationIsThatOfEachBandWithoutItsMean(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	windows, other := make([]*window, compared), make([]level, compared*perWindow)
	for i := range other {
		var l loudness
		for b := range l {
			l[b] = r.Float32()
		}
		other[i] = newLevel(l)
		if i%perWindow == 0 {
			windows[i/perWindow] = &window{}
			for b := range l {
				windows[i/perWindow].loud[perWindow-1][b] = 0.3*l[b] + 0.2*r.Float32() + float32(b)
			}
		}
	}
	mean := func(of func(i int) float64) (m float64) {
		for i := range compared {
			m += of(i) / compared
		}
		return m
	}
	var xx, yy, xy float64
	for b := range bandCount {
		x := func(i int) float64 { return other[i*perWindow].x[b] }
		y := func(i int) float64 { return float64(windows[i].loud[perWindow-1][b]) }
		for i := range compared {
			dx, dy := x(i)-mean(x), y(i)-mean(y)
			xx, yy, xy = xx+dx*dx, yy+dy*dy, xy+dx*dy
		}
	}
	own := newOwn(windows)
	if got, want := own.correlate(other), xy/math.Sqrt(xx*yy); math.Abs(got-want) > 1e-9 || want < 0.5 {
		t.Errorf("got correlation %v, want %v, above 0.5", got, want)
	}
}
