package timbre

import (
	"math"
	"time"
)

// impairment is what a codec costs in the E-model (ITU-T G.113).
type impairment struct {
	equipment  float64 // Ie: without any loss
	robustness float64 // Bpl: the percentage of loss at which half of the rest is gone
}

// impairments by the codec's SDP encoding name. Those of G.711 are for packets that are lost at random and concealed, as
// telephones do it. For G.722 and Opus there are none on the scale of narrowband telephony; what is heard of them here is
// audio at 8 kHz, which is reckoned as G.711.
var impairments = map[string]impairment{"PCMU": {0, 25.1}, "PCMA": {0, 25.1}, "G722": {0, 25.1}, "OPUS": {0, 25.1}}

// MOS is the mean opinion score that listeners would give a stream, 1 to 4.41, by the E-model (ITU-T G.107) with its
// defaults for all that is not known here: from codec, loss, and the delay of a buffer that evens out twice the jitter.
// The way between the parties is not known, and not counted. 0: nothing came, or of an unknown codec.
func (r Reception) MOS() float64 {
	codec, known := impairments[r.Codec]
	if !known || r.Packets == 0 {
		return 0
	}
	return math.Round(100*opinion(rating(codec, r.Loss(), 2*r.Jitter))) / 100
}

// rating is R: the best there is, less what delay, codec and loss (a share) cost.
func rating(c impairment, loss float64, delay time.Duration) float64 {
	const best, echoless = 93.2, 177.3 // R with all defaults; milliseconds from which delay is a nuisance by itself
	ms, percent := float64(delay)/float64(time.Millisecond), 100*loss
	late := 0.024*ms + 0.11*max(0, ms-echoless)
	return best - late - c.equipment - (95-c.equipment)*percent/(percent+c.robustness)
}

// opinion is the score for a rating (G.107, annex B).
func opinion(r float64) float64 {
	switch {
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	return max(1, 1+0.035*r+r*(r-60)*(100-r)*7e-6)
}
