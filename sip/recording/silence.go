package recording

import (
	gosip "github.com/emiago/sipgo/sip"
)

// Probe probes the peers of sessions without media and without a session timer: one whose peer died without a BYE would stay
// for ever. Calls on hold or muted are silent too, so silence alone ends no session.
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

// silent reports whether no media has arrived for so long that the peer is to be probed, and whether that is expected because
// all lines are on hold.
func (s *Server) silent(d *session) (held, due bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	packets := uint64(0)
	held = true
	for _, t := range d.tracks {
		packets += t.Stream.Reception().Packets
		held = held && t.Spec.Hold
	}
	now := s.env.Steady()
	if d.silence.Observe(now, packets, d.IsOver() || d.Timer.Running()) < s.cfg.Timeout {
		return held, false
	}
	d.silence.Restart(now)
	return held, true
}

// probe sends OPTIONS in the dialog of a session. A peer that knows of no such call ends it, and so does one that does not
// respond, unless the session is on hold; any other response is a sign of life.
func (s *Server) probe(d *session, held bool) {
	tx, res := d.Ask(s.ctx, d.Request(gosip.OPTIONS), nil)
	switch {
	case s.ctx.Err() != nil:
	case res.StatusCode == gosip.StatusCallTransactionDoesNotExists:
		s.metrics.probes.WithLabelValues("gone").Inc()
		s.end(d, "no media came, and the peer knows of no such call")
	case !tx.Answered(), res.StatusCode == gosip.StatusRequestTimeout:
		s.metrics.probes.WithLabelValues("mute").Inc()
		s.env.Repeats.Count(s.env.Log, d.Connector(), "peer of a silent call does not respond", "transaction", d.txid, "held", held)
		if !held {
			s.hangUp(d, "no media came, and the peer does not answer")
		}
	default:
		s.metrics.probes.WithLabelValues("alive").Inc()
	}
}
