package timbre

import "strings"

// MediaDoubt is what is wrong with the packets of a stream, so that little of it can be heard, as a set of the constants. The zero value:
// nothing.
type MediaDoubt uint8

const (
	NotAuthentic MediaDoubt = 1 << iota // more than a tenth of the packets are not encrypted by the keys that were agreed on
	Misstamped                          // more than a tenth of the timestamps do not fit the audio before them
	OtherClock                          // timestamps have another clock than that of the codec
)

// doubts are the reasons that metrics name, and what users are told.
var doubts = []struct {
	doubt       MediaDoubt
	reason, say string
}{
	{NotAuthentic, "not authentic", "more than a tenth of its packets are not encrypted by the keys that were agreed on"},
	{Misstamped, "timestamps", "its timestamps do not fit its audio"},
	{OtherClock, "clock", "its timestamps have another clock than that of its codec"},
}

// Reasons are the doubts as metrics name them.
func (d MediaDoubt) Reasons() (all []string) {
	for _, one := range doubts {
		if d&one.doubt != 0 {
			all = append(all, one.reason)
		}
	}
	return all
}

// String is a sentence without its end; empty without a doubt.
func (d MediaDoubt) String() string {
	var all []string
	for _, one := range doubts {
		if d&one.doubt != 0 {
			all = append(all, one.say)
		}
	}
	return strings.Join(all, "; ")
}

// LegMeters find the meter of a leg, which works on after the end of the call.
type LegMeters interface {
	// Meter is nil if there is no such live leg.
	Meter(transactionID string, leg int) ReceptionMeter
}
