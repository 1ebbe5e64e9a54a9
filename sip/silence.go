package sip

import (
	gosip "github.com/emiago/sipgo/sip"
)

// silences asks the peers of calls that bring no media, and whose session has no end, whether they are still there: a call
// whose peer died without a BYE would stay for ever. Hold and mute are silent too, so that silence alone ends no call.
func (s *Server) silences() {
	if s.cfg.Timeout <= 0 {
		return
	}
	for _, d := range s.dialogs.all() {
		if held, due := s.silence(d); due {
			s.stack.Do(func() { s.probe(d, held) })
		}
	}
}

// silence says whether nothing has come on a call for so long that its peer is to be asked, and whether that was to be
// expected: all its lines are held.
func (s *Server) silence(d *dialog) (held, due bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	packets, now := uint64(0), s.now()
	held = true
	for _, t := range d.tracks {
		packets += t.stream.Reception().Packets
		held = held && t.spec.Hold
	}
	switch {
	case d.over || d.expiry != nil || packets != d.heard || d.silent.IsZero():
		d.heard, d.silent = packets, now
	case now.Sub(d.silent) >= s.cfg.Timeout:
		d.silent = now
		return held, true
	}
	return held, false
}

// probe asks a peer whether a call is still there, by OPTIONS in its dialog. One that knows of no such call ends it, and one
// that does not answer too, unless it is held; any other answer is a sign of life.
func (s *Server) probe(d *dialog, held bool) {
	ask, status := s.requestIn(d, gosip.OPTIONS), 0
	s.stack.LogMessage(d.connector, ask)
	err := s.send(s.ctx, ask, func(res *gosip.Response) {
		s.stack.LogMessage(d.connector, res)
		if !res.IsProvisional() {
			status = res.StatusCode
		}
	})
	switch {
	case s.ctx.Err() != nil:
		return
	case status == gosip.StatusCallTransactionDoesNotExists:
		s.metrics.probes.WithLabelValues("gone").Inc()
		s.drop(d, "no media came, and the peer knows of no such call")
	case status != 0 && status != gosip.StatusRequestTimeout:
		s.metrics.probes.WithLabelValues("alive").Inc()
	default:
		s.metrics.probes.WithLabelValues("mute").Inc()
		s.log.Warn("the peer of a silent call does not answer", "transaction", d.txid, "held", held, "error", err)
		if !held {
			s.hangUp(d, "no media came, and the peer does not answer")
		}
	}
}
