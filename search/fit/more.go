package fit

import (
	"cmp"
	"math"
	"slices"

	"timbre/search"
)

// usualMore is what more speech does where the trials cannot say.
var usualMore = search.MoreSpeech{Gain: 0.5, Spread: 1.5}

// fitMore measures what twice the speech of a call does to the llr of true matches: it compares the trials of one profile with one
// call that was heard for some time and for about twice that time.
func fitMore(c *search.Calibration, trials []Trial) search.MoreSpeech {
	type pair struct{ profile, call string }
	heard := map[pair][]Trial{}
	for _, t := range trials {
		if t.Target() {
			heard[pair{t.ProfileID, t.CallID}] = append(heard[pair{t.ProfileID, t.CallID}], t)
		}
	}
	var gains []float64
	for _, of := range heard {
		slices.SortFunc(of, func(a, b Trial) int { return cmp.Compare(a.Caller.Net, b.Caller.Net) })
		for i := 1; i < len(of); i++ {
			a, b := of[i-1], of[i]
			if times := float64(b.Caller.Net) / float64(a.Caller.Net); times > 1.5 && times < 3 {
				gains = append(gains, c.LLR(b.Score, b.Profile, b.Caller)-c.LLR(a.Score, a.Profile, a.Caller))
			}
		}
	}
	if len(gains) < LeastTargets {
		return usualMore
	}
	gain, spread := meanAndSpread(gains)
	return search.MoreSpeech{Gain: round(gain), Spread: round(spread)}
}

func meanAndSpread(all []float64) (m, spread float64) {
	m = mean(all)
	for _, v := range all {
		spread += (v - m) * (v - m) / float64(len(all))
	}
	return m, math.Sqrt(spread)
}
