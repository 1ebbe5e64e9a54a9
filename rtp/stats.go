package rtp

import (
	"time"

	"timbre"
)

// Reason says why a packet was not heard.
type Reason uint8

const (
	Malformed      Reason = iota // not RTP, or longer than a packet of speech can be
	Stranger                     // of a source that is not the stream's
	UnknownPayload               // of a payload type that was not agreed on
	Stray                        // out of any sequence
	Unauthentic                  // not sealed with the key that was agreed on
	Replayed                     // sealed with it, and here before
	Unreadable                   // its codec could not read it
	STUN                         // a question for the sender's own address, which is not answered here
	reasons
)

func (r Reason) String() string {
	return [...]string{"malformed", "stranger", "unknown payload", "stray", "unauthentic", "replayed", "unreadable", "stun"}[r]
}

// Stats is what has come on a stream so far.
type Stats struct {
	Codec         timbre.Codec // of the newest audio; 0: there was none
	Packets       uint64       // of the right source, well formed
	Lost          uint64       // given up
	Late          uint64       // came after they had been given up
	Duplicates    uint64
	Dropped       [reasons]uint64 // by Reason
	Jitter        time.Duration   // interarrival jitter of RFC 3550
	Recovered     time.Duration   // lost, but a later packet had a spare copy of it
	Filled        time.Duration   // silence, where for up to 200 ms nothing was sent
	Jumps         uint64          // times that nothing was sent for longer
	Rebased       uint64          // times that the sender's clock began anew
	SenderReports uint64
}

// count notes what became of p, which arrived at now. The caller holds mu.
func (s *Stream) count(p *packet, what outcome, now time.Time) {
	m := s.pool.metrics
	s.stats.Packets++
	m.packets.Inc()
	s.tally()
	switch what {
	case stray:
		s.drop(Stray, s.latch.fixed.String())
		return
	case restarted:
		s.reception.begin(p)
	case late:
		s.stats.Late++
		m.late.Inc()
	case duplicate:
		s.stats.Duplicates++
		m.duplicates.Inc()
	case taken:
	}
	if p.samples() > 0 {
		s.stats.Codec = p.codec
	}
	s.reception.packet(p, now)
}

// tally takes over what ring and timeline have counted. The caller is the receiving goroutine and holds mu.
func (s *Stream) tally() {
	if lost := s.ring.lost - s.stats.Lost; lost > 0 {
		s.stats.Lost = s.ring.lost
		s.pool.metrics.lost.Add(float64(lost))
	}
	for s.stats.Dropped[Unreadable] < s.line.unreadable {
		s.drop(Unreadable, s.latch.fixed.String())
	}
	s.stats.Filled, s.stats.Recovered = time.Duration(s.line.filled)*sample, time.Duration(s.line.recovered)*sample
	s.stats.Jumps, s.stats.Rebased = s.line.jumps, s.line.rebased
}

// drop notes a packet that is not heard, and says so in the log the first time. The caller holds mu.
func (s *Stream) drop(why Reason, from string) {
	if s.stats.Dropped[why]++; s.stats.Dropped[why] == 1 {
		s.pool.log.Warn("RTP packet dropped; further ones are only counted", "reason", why.String(), "from", from, "port", s.port)
	}
	s.pool.metrics.dropped[why].Inc()
}

// Stats are the figures of the stream so far.
func (s *Stream) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	if clock := s.reception.clock; clock > 0 {
		stats.Jitter = time.Duration(s.reception.jitter / float64(clock) * float64(time.Second))
	}
	return stats
}
