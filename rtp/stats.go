package rtp

import (
	"time"

	"timbre"
)

// Reason says why a packet was dropped.
type Reason uint8

const (
	Malformed      Reason = iota // not RTP, or longer than any packet of speech
	UnknownSource                // not from the source of the stream
	UnknownPayload               // a payload type that was not negotiated
	OutOfSequence                // a sequence number or SSRC that no second packet confirmed
	Unauthentic                  // not encrypted with the negotiated key
	Replayed                     // received before
	Undecodable                  // refused by its codec
	STUN                         // a binding request, which is not answered
	reasons
)

func (r Reason) String() string {
	return [...]string{"malformed", "unknown source", "unknown payload", "out of sequence", "unauthentic", "replayed", "undecodable", "stun"}[r]
}

// Stats are the figures of a stream since it was opened.
type Stats struct {
	Codec         timbre.Codec // of the newest audio; 0: none was received
	Packets       uint64       // well-formed packets from the source of the stream
	Lost          uint64       // packets given up
	Late          uint64       // arrived after they were given up
	Duplicates    uint64
	Dropped       [reasons]uint64 // by Reason
	Jitter        time.Duration   // interarrival jitter of RFC 3550
	Recovered     time.Duration   // lost audio that a later packet carried a copy of
	Filled        time.Duration   // silence inserted in pauses of up to 200 ms
	Jumps         uint64          // longer pauses
	Rebased       uint64          // restarts of the sender's clock
	Misfits       uint64          // those within one sequence: timestamps that do not fit the audio before them
	Pace          float64         // of the sender's timestamps: 1 as signalled, 2 twice as fast, 0 they stand
	Doubts        timbre.MediaDoubt
	CNAME         string // of the source, by RTCP; empty: not told
	SenderReports uint64
}

// count counts a packet that arrived at now. The caller holds mu.
func (s *Stream) count(p *packet, what outcome, now time.Time) {
	m := s.pool.metrics
	s.stats.Packets++
	m.packets.Inc()
	s.updateStats()
	s.judge()
	switch what {
	case outOfSequence:
		s.drop(OutOfSequence, s.latch.fixed.String())
		return
	case restarted:
		s.source.reset(p)
	case late:
		s.stats.Late++
		m.late.Inc()
	case duplicate:
		s.stats.Duplicates++
		m.duplicates.Inc()
	case accepted:
	}
	if p.samples() > 0 {
		s.stats.Codec = p.codec
	}
	s.source.count(p, now, s.clock.rate(p.codec))
}

// updateStats copies the counts of jitter buffer and timeline. The caller holds receiving and mu.
func (s *Stream) updateStats() {
	if lost := s.buffer.lost - s.stats.Lost; lost > 0 {
		s.stats.Lost = s.buffer.lost
		s.pool.metrics.lost.Add(float64(lost))
	}
	for s.stats.Dropped[Undecodable] < s.timeline.undecodable {
		s.drop(Undecodable, s.latch.fixed.String())
	}
	s.stats.Filled, s.stats.Recovered = time.Duration(s.timeline.filled)*sample, time.Duration(s.timeline.recovered)*sample
	s.stats.Jumps, s.stats.Rebased, s.stats.Misfits = s.timeline.jumps, s.timeline.rebased, s.timeline.misfits
	s.stats.Pace = float64(s.clock.pace.num) / float64(s.clock.pace.den)
}

// drop counts a packet that is dropped, and logs the first one for each reason. The caller holds mu.
func (s *Stream) drop(why Reason, from string) {
	if s.stats.Dropped[why]++; s.stats.Dropped[why] == 1 {
		s.pool.env.Repeats.Count(s.pool.env.Log, why.String(), "RTP packet dropped, further ones are only counted", "reason", why.String(), "from", from, "port", s.port)
	}
	s.pool.metrics.dropped[why].Inc()
	if why == Unauthentic {
		s.judge()
	}
}

// Stats returns the figures of the stream since it was opened.
func (s *Stream) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	if clock := s.source.clock; clock > 0 {
		stats.Jitter = time.Duration(s.source.jitter / float64(clock) * float64(time.Second))
	}
	return stats
}
