package recording

import (
	gosip "github.com/emiago/sipgo/sip"
)

// Probe asks the peers of calls that bring no media, and whose session has no end, whether they are still there: a call
// whose peer died without a BYE would stay for ever. Hold and mute are silent too, so that silence alone ends no call.
func (s *Server) Probe() {
	if s.cfg.Timeout <= 0 {
		return
	}
	for _, d := range s.sessions.All() {
		if held, due := s.silent(d); due {
			s.deps.Agent.Do(func() { s.probe(d, held) })
		}
	}
}

// silent reports whether nothing has come on a session for so long that its peer is to be asked, and whether that was to be
// expected: all its lines are held.
func (s *Server) silent(d *session) (held, due bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	packets := uint64(0)
	held = true
	for _, t := range d.tracks {
		packets += t.Stream.Reception().Packets
		held = held && t.Spec.Hold
	}
	now := s.env.Now()
	if d.silence.Look(now, packets, d.IsOver() || d.Timer.Running()) < s.cfg.Timeout {
		return held, false
	}
	d.silence.Restart(now)
	return held, true
}

// probe asks a peer whether a session is still there, by OPTIONS in its dialog. A peer that knows of no such call ends it, and so
// does one that does not answer, unless the session is held; any other answer is a sign of life.
func (s *Server) probe(d *session, held bool) {
	tx, res := d.Ask(s.ctx, d.Request(gosip.OPTIONS), nil)
	switch {
	case s.ctx.Err() != nil:
	case res.StatusCode == gosip.StatusCallTransactionDoesNotExists:
		s.metrics.probes.WithLabelValues("gone").Inc()
		s.drop(d, "no media came, and the peer knows of no such call")
	case !tx.Answered(), res.StatusCode == gosip.StatusRequestTimeout:
		s.metrics.probes.WithLabelValues("mute").Inc()
		s.env.Log.Warn("the peer of a silent call does not answer", "transaction", d.txid, "held", held)
		if !held {
			s.hangUp(d, "no media came, and the peer does not answer")
		}
	default:
		s.metrics.probes.WithLabelValues("alive").Inc()
	}
}
