package rtp

import "timbre"

// judged is how many packets a judgement takes: ten seconds of the usual ones, so that what goes wrong late in a call is found too.
const judged = 500

// judgement finds what is wrong with the packets of a stream.
type judgement struct {
	packets, misfits, unauthentic uint64 // at the last one
	found                         timbre.MediaDoubt
}

// judge judges the packets since the last time, once there are enough. The caller holds mu.
func (s *Stream) judge() {
	j, unauthentic := &s.judgement, s.stats.Dropped[Unauthentic]
	jumps := s.stats.Misfits + s.stats.Jumps // nobody pauses every 0.2 s
	packets, forged, misfits := s.stats.Packets-j.packets, unauthentic-j.unauthentic, jumps-j.misfits
	if packets+forged < judged {
		return
	}
	now := timbre.MediaDoubt(0)
	if 10*forged > packets+forged {
		now |= timbre.NotAuthentic
	}
	if 10*misfits > packets {
		now |= timbre.Misstamped
	}
	if s.stats.Pace != 1 && packets > 0 {
		now |= timbre.OtherClock
	}
	j.packets, j.unauthentic, j.misfits = s.stats.Packets, unauthentic, jumps
	s.stats.Doubts = now
	if fresh := now &^ j.found; fresh != 0 {
		j.found |= now
		for _, reason := range fresh.Reasons() {
			s.pool.metrics.doubtful.WithLabelValues(reason).Inc()
		}
		s.pool.env.Repeats.Count(s.pool.env.Log, fresh.String(), "RTP stream can hardly be heard", "port", s.port, "reason", fresh.String(), "pace", s.stats.Pace)
	}
}
