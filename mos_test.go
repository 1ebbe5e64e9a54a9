package timbre

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// The points of G.107, table B.1 (which has 80 rounded up), and its ends.
func TestOpinionOfRating(t *testing.T) {
	for r, want := range map[float64]float64{-5: 1, 0: 1, 3: 1, 50: 2.58, 60: 3.10, 70: 3.60, 80: 4.03, 90: 4.34, 93.2: 4.41, 100: 4.5, 120: 4.5} {
		if got := opinion(r); math.Abs(got-want) > 0.0065 {
			t.Errorf("R %v: got %.3f, want %v", r, got, want)
		}
	}
}

func TestMOSOfStream(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		codec          string
		packets, lost  uint64
		jitter         time.Duration
		rating, wanted float64
	}{
		{"PCMU", 1000, 0, 0, 93.2, 4.41},
		{"PCMA", 990, 10, 0, 89.56, 4.33},           // 1 %
		{"PCMU", 950, 50, 0, 77.42, 3.92},           // 5 %
		{"G722", 900, 100, 0, 66.14, 3.41},          // 10 %
		{"OPUS", 749, 251, 0, 45.7, 2.35},           // as much as the codec's Bpl: half of 95 is gone
		{"PCMU", 1000, 0, 50 * ms, 90.8, 4.36},      // a buffer of 100 ms
		{"PCMU", 1000, 0, 150 * ms, 72.5, 3.71},     // of 300 ms
		{"PCMU", 1, 1000000, 1000 * ms, -231.24, 1}, // nearly nothing
		{"", 1000, 0, 0, 0, 0},
		{"SPEEX", 1000, 0, 0, 0, 0},
		{"PCMU", 0, 5, 0, 0, 0},
	} {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			r := Reception{Codec: c.codec, Packets: c.packets, Lost: c.lost, Jitter: c.jitter}
			if codec, _ := codecNamed(c.codec); c.wanted > 0 {
				if got := rating(codecs[codec].impairment, r.Loss(), 2*r.Jitter); math.Abs(got-c.rating) > 0.05 {
					t.Errorf("%+v: got R %.2f, want %v", c, got, c.rating)
				}
			}
			if got := r.MOS(); math.Abs(got-c.wanted) > 0.011 {
				t.Errorf("%+v: got %v, want %v", c, got, c.wanted)
			}
		})
	}
}

// What comes too late or twice is none the more sent.
func TestLossIsShareOfPacketsSent(t *testing.T) {
	for _, c := range []struct {
		r    Reception
		want float64
	}{
		{Reception{}, 0},
		{Reception{Packets: 100}, 0},
		{Reception{Packets: 95, Lost: 5}, 0.05},
		{Reception{Packets: 98, Lost: 5, Late: 3}, 0.05},
		{Reception{Packets: 105, Lost: 5, Late: 3, Duplicates: 7}, 0.05},
		{Reception{Lost: 5}, 1},
		{Reception{Packets: 2, Late: 3}, 0}, // given up in the time before
	} {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			if got := c.r.Loss(); math.Abs(got-c.want) > 1e-9 {
				t.Errorf("%+v: got %v, want %v", c.r, got, c.want)
			}
		})
	}
}
