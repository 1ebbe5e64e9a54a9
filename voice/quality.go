package voice

import (
	"fmt"
	"math"
	"slices"
	"time"

	"timbre"
)

// Audio beyond these is refused. Levels are of the whole range, 0 dB being a square wave of ±1. The limits are where people
// were no longer told to be themselves at all (24 speakers of speechocean762, 10 s against 20 s, probability 0.90): a third
// of them still were with 13 % of the samples clipped, and none with 27 %; half at -62 dB, and none at -66; a third at a
// signal-to-noise ratio of 5 dB, which reads 6 here, and none at 0 dB, which reads 3.5.
const (
	rail       = 0.97 // what A-law and µ-law give for the loudest sample lies above it
	maxClipped = 0.20 // share of samples at the rail
	minLevel   = -64  // dB, of the louder frames
	minSNR     = 4.0  // dB between the louder frames and the quietest
)

// flaw says why audio is too poor to know a voice by; empty if it is not.
func flaw(pcm []float32, net time.Duration) string {
	if net < MinNet || len(pcm) < timbre.Samples(minAudio) {
		return fmt.Sprintf("too short: %.1f s of speech", min(net, timbre.Duration(len(pcm))).Seconds())
	}
	clipped := 0
	for _, x := range pcm {
		if x != x || math.IsInf(float64(x), 0) { // x ≠ x: not a number
			return "samples that are not numbers"
		}
		if x >= rail || x <= -rail {
			clipped++
		}
	}
	if share := float64(clipped) / float64(len(pcm)); share > maxClipped {
		return fmt.Sprintf("clipped: %.0f %% of the samples are at the limit", 100*share)
	}
	loud, quiet := levels(pcm)
	if loud < minLevel {
		return fmt.Sprintf("too quiet: speech at %.0f dB", loud)
	}
	if loud-quiet < minSNR {
		return fmt.Sprintf("too noisy: speech only %.0f dB above the quietest moments", loud-quiet)
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
