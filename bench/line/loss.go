package line

import "fmt"

// Network loses a share of packets of 20 ms, in bursts of a mean length.
type Network struct{ Loss, Run float64 }

// Networks are the ones that are compared.
var Networks = []Network{{0.01, 1}, {0.03, 1}, {0.05, 1}, {0.1, 1}, {0.05, 3}, {0.1, 3}}

// Losses says which of n packets are lost.
func (w Network) Losses(n int, who string) []bool {
	r, lost, losing := Seed(who, fmt.Sprint(w)), make([]bool, n), false
	for i := range lost {
		if losing {
			losing = r.Float64() >= 1/w.Run
		} else {
			losing = r.Float64() < w.Loss/(1-w.Loss)/w.Run
		}
		lost[i] = losing
	}
	return lost
}

// Concealment is what replaces a lost packet.
type Concealment uint8

// The ways to conceal.
const (
	AsSilence Concealment = iota // silence
	AsGap                        // media time jumps, and the detector joins what is on either side
	AsGuess                      // concealment by the codec or by pitch repetition
	AsCopy                       // the copy in the next packet (FEC), else silence
	ConcealmentCount
)

// ConcealmentNames are theirs.
var ConcealmentNames = [ConcealmentCount]string{"silence", "nothing", "made up", "spare copy"}
