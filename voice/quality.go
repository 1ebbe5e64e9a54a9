package voice

import (
	"fmt"
	"math"
	"slices"
	"time"

	"timbre"
)

// Quality is how audio measures. Levels are of the whole range, 0 dB being a square wave of ±1.
type Quality struct {
	Clipped     float64 // share of samples at the limit
	Loud, Quiet float64 // dB: what a quarter of the frames of 20 ms exceeds, and what a twentieth falls short of
}

// Measure measures audio that holds numbers.
func Measure(pcm []float32) (q Quality) {
	if len(pcm) == 0 {
		return q
	}
	clipped := 0
	for _, x := range pcm {
		if x >= rail || x <= -rail {
			clipped++
		}
	}
	q.Clipped = float64(clipped) / float64(len(pcm))
	q.Loud, q.Quiet = levels(pcm)
	return q
}

// Audio beyond these is refused. The limits lie where people are hardly known any more, as `go run ./bench/margin -faults`
// measures (10 s against 20 s, probability 0.90): of 68 people whose calls are 24 dB too loud 3 are refused as clipped and 9
// recognised, at 30 dB too loud 67 are refused, and none would be recognised; at 5 dB of signal to noise 1 of 66 is refused and 8 are recognised, at 0 dB half are refused, and none would
// be recognised; 42 dB too quiet, all 36 in whom speech is heard are refused, of whom 6 would be recognised.
const (
	rail       = 0.97 // what A-law and µ-law give for the loudest sample lies above it
	maxClipped = 0.20 // share of samples at the rail
	minLevel   = -64  // dB, of the louder frames
	minSNR     = 4.0  // dB between the louder frames and the quietest
)

// Flaw says why audio, with so much net speech in it, is too poor to know a voice by; empty if it is not.
func Flaw(pcm []float32, net time.Duration) string {
	if net < MinNet || len(pcm) < timbre.Samples(minAudio) {
		return fmt.Sprintf("too short: %.1f s of speech", min(net, timbre.Duration(len(pcm))).Seconds())
	}
	for _, x := range pcm {
		if x != x || math.IsInf(float64(x), 0) { // x ≠ x: not a number
			return "samples that are not numbers"
		}
	}
	switch q := Measure(pcm); {
	case q.Clipped > maxClipped:
		return fmt.Sprintf("clipped: %.0f %% of the samples are at the limit", 100*q.Clipped)
	case q.Loud < minLevel:
		return fmt.Sprintf("too quiet: speech at %.0f dB", q.Loud)
	case q.Loud-q.Quiet < minSNR:
		return fmt.Sprintf("too noisy: speech only %.0f dB above the quietest moments", q.Loud-q.Quiet)
	}
	return ""
}

// levels are the loudness in dB of frames of 20 ms: what a quarter of them exceeds, and what a twentieth falls short of.
func levels(pcm []float32) (loud, quiet float64) {
	var dB []float64
	for frame := range slices.Chunk(pcm, timbre.FrameSamples) {
		var power float64
		for _, x := range frame {
			power += float64(x) * float64(x)
		}
		dB = append(dB, 10*math.Log10(power/float64(len(frame))+1e-10))
	}
	slices.Sort(dB)
	return dB[len(dB)*3/4], dB[len(dB)/20]
}
