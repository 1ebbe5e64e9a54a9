package timbre

import "time"

// Reception is what came on one stream of a call in some time.
type Reception struct {
	TransactionID, From, To, Label string // whose stream it is
	Packets                        uint64 // of the right source, well formed
	Lost, Late, Duplicates         uint64 // given up; come after that; come twice
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
