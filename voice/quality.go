package voice

import (
	"fmt"
	"math"
	"slices"
	"time"

	"timbre"
)

// Quality is the measured quality of audio. Levels are in dBFS: a square wave of ±1 has 0.
type Quality struct {
	Clipped     float64 // share of samples at the limit, 0 to 1
	Loud, Quiet float64 // levels of frames of 20 ms: their 75th and 5th percentile, in dB
}

// MeasureQuality measures audio without NaN or infinities.
func MeasureQuality(pcm []float32) (q Quality) {
	if len(pcm) == 0 {
		return q
	}
	clipped := 0
	for _, x := range pcm {
		if x >= clipLevel || x <= -clipLevel {
			clipped++
		}
	}
	q.Clipped = float64(clipped) / float64(len(pcm))
	q.Loud, q.Quiet = levels(pcm)
	return q
}

// Condition is the line condition that a voiceprint of the audio carries.
func (q Quality) Condition() timbre.Condition {
	return timbre.Condition{Level: float32(q.Loud), SNR: float32(q.Loud - q.Quiet), Clipped: float32(q.Clipped)}
}

// Audio beyond these limits is refused. They are where recognition fails with the present speaker model. Of twenty people whose 10 s
// were clipped harder and harder, the right one stays first of all up to a fifth of the samples, where the score has fallen from 0.86 to
// 0.75; with 30 % one of them is lost. At a signal-to-noise ratio of 0 dB and 42 dB too quiet, hardly anybody is recognised
// (`go run ./bench/margin -faults`).
const (
	clipLevel  = 0.97 // below the loudest sample of A-law and µ-law
	maxClipped = 0.20 // share of samples at clipLevel
	minLevel   = -64  // dB, of Loud
	minSNR     = 4.0  // dB between Loud and Quiet
)

// Defect says why audio with so much net speech is too poor for an embedding; empty if it is good enough.
func Defect(pcm []float32, net time.Duration) string {
	if net < MinNet || len(pcm) < timbre.Samples(minAudio) {
		return fmt.Sprintf("too short: %.1f s of speech", min(net, timbre.Duration(len(pcm))).Seconds())
	}
	for _, x := range pcm {
		if x != x || math.IsInf(float64(x), 0) { // x ≠ x: NaN
			return "samples that are not numbers"
		}
	}
	switch q := MeasureQuality(pcm); {
	case q.Clipped > maxClipped:
		return fmt.Sprintf("clipped: %.0f %% of the samples are at the limit", 100*q.Clipped)
	case q.Loud < minLevel:
		return fmt.Sprintf("too quiet: speech at %.0f dB", q.Loud)
	case q.Loud-q.Quiet < minSNR:
		return fmt.Sprintf("too noisy: speech only %.0f dB above the quietest moments", q.Loud-q.Quiet)
	}
	return ""
}

// levels returns the 75th and the 5th percentile of the level of frames of 20 ms, in dB.
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
