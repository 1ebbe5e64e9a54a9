package timbre

import "time"

// Reception is what was received on one stream of a call in some time.
type Reception struct {
	TransactionID, From, To, Label string        // call, parties and a=label of the stream
	Codec                          string        // of the newest audio, by its SDP encoding name in capitals; empty: none was received
	Packets                        uint64        // well-formed RTP packets from the stream's source
	Lost, Late, Duplicates         uint64        // packets given up; those of them that arrived afterwards; repeated ones
	Dropped                        uint64        // packets that were malformed, from an unknown source, or of a format not negotiated
	SenderReports                  uint64        // RTCP sender reports
	Jitter                         time.Duration // interarrival jitter (RFC 3550, 6.4.1) at the end of that time
	Doubts                         MediaDoubt    // about the newest packets
	CNAME                          string        // canonical name of the source, by RTCP; empty: not told
}

// Since returns what was received after an earlier reading of the same stream.
func (r Reception) Since(before Reception) Reception {
	r.Packets -= before.Packets
	r.Lost -= before.Lost
	r.Late -= before.Late
	r.Duplicates -= before.Duplicates
	r.Dropped -= before.Dropped
	r.SenderReports -= before.SenderReports
	return r
}

// Loss is the share of the packets sent that did not arrive in time, 0 to 1; 0 if none were sent.
func (r Reception) Loss() float64 {
	again := min(r.Late+r.Duplicates, r.Packets) // late packets count as lost, duplicates were counted before
	if sent := r.Packets - again + r.Lost; sent > 0 {
		return float64(r.Lost) / float64(sent)
	}
	return 0
}

// ReceptionMeter reports what a stream has received since it was opened. Transaction, parties and label may be empty.
type ReceptionMeter interface {
	Reception() Reception
}

// LegListener takes the frames of a leg of a live call.
type LegListener interface {
	Listener
	// SetMeter gives the meter of the stream that the frames come by. Audio that comes by no RTP stream has none.
	SetMeter(ReceptionMeter)
}
