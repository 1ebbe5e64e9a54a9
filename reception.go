package timbre

import "time"

// Reception is what came on one stream of a call in some time.
type Reception struct {
	TransactionID, From, To, Label string // whose stream it is
	Codec                          string // of its newest audio, by its SDP encoding name in capitals; empty: there was none
	Packets                        uint64 // of the right source, well formed
	Lost, Late, Duplicates         uint64 // given up; of those, come after that; come twice
	Dropped                        uint64 // not heard: malformed, of a stranger, of a format not agreed on
	SenderReports                  uint64
	Jitter                         time.Duration // interarrival jitter of RFC 3550, at the end of that time
}

// Since is what has come after before.
func (r Reception) Since(before Reception) Reception {
	r.Packets -= before.Packets
	r.Lost -= before.Lost
	r.Late -= before.Late
	r.Duplicates -= before.Duplicates
	r.Dropped -= before.Dropped
	r.SenderReports -= before.SenderReports
	return r
}

// Loss is the share of what was sent that did not come in time, 0 to 1; 0 of nothing.
func (r Reception) Loss() float64 {
	again := min(r.Late+r.Duplicates, r.Packets) // counted as lost, or already
	if sent := r.Packets - again + r.Lost; sent > 0 {
		return float64(r.Lost) / float64(sent)
	}
	return 0
}

// Meter knows what has come on a stream so far.
type Meter interface {
	Reception() Reception // whose it is may be left out
}

// Measured is a Listener that also wants to know how well its stream is received.
type Measured interface {
	Listener
	Measure(Meter)
}

// Measure tells a listener which stream it hears, if it wants to know. Audio that comes by no such stream has no meter.
func Measure(l Listener, m Meter) {
	if l, ok := l.(Measured); ok {
		l.Measure(m)
	}
}
