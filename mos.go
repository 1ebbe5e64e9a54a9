package timbre

import (
	"math"
	"time"
)

// impairment is how a codec lowers the rating of the E-model (ITU-T G.113).
type impairment struct {
	equipment  float64 // Ie: without loss
	robustness float64 // Bpl: the packet loss in percent at which half of the remaining rating is gone
}

// MOS estimates the mean opinion score of a stream, 1 to 4.41, by the E-model (ITU-T G.107) from its codec, its loss and the
// delay of a jitter buffer of twice the jitter. All else has the model's defaults; the delay between the parties is not
// known here and not counted. 0: no packet came, or the codec is unknown.
func (r Reception) MOS() float64 {
	codec, known := codecNamed(r.Codec)
	if !known || codec.Kind() != AudioPayload || r.Packets == 0 {
		return 0
	}
	return math.Round(100*opinion(rating(codecs[codec].impairment, r.Loss(), 2*r.Jitter))) / 100
}

// rating is R: its best value, lowered by delay, codec and loss, a share of 0 to 1.
func rating(c impairment, loss float64, delay time.Duration) float64 {
	const best, echoless = 93.2, 177.3 // R with all defaults; the delay in milliseconds from which conversation suffers
	ms, percent := float64(delay)/float64(time.Millisecond), 100*loss
	delayed := 0.024*ms + 0.11*max(0, ms-echoless)
	return best - delayed - c.equipment - (95-c.equipment)*percent/(percent+c.robustness)
}

// opinion converts R to a score (G.107, annex B).
func opinion(r float64) float64 {
	switch {
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	return max(1, 1+0.035*r+r*(r-60)*(100-r)*7e-6)
}
