package sip

import (
	"timbre/sip/recording"
	"timbre/sip/trunk"
)

// assemble makes recordings and trunk. They share the media addresses and the transaction header.
func (s *Server) assemble(a agent) {
	r := recording.Config{
		MediaAddress: s.cfg.MediaAddress, MediaAddress6: s.cfg.MediaAddress6, Timeout: s.cfg.Timeout, LatchAny: s.cfg.LatchAny,
		Legs: s.cfg.Legs, Header: TransactionHeader,
	}
	s.recordings = recording.New(s.ctx, s.env, r, recording.Deps{Agent: a, Calls: s.deps.Calls, Media: s.deps.Media, Log: s.deps.SIPLog})
	t := s.cfg.Trunk
	t.MediaAddress, t.MediaAddress6, t.LatchAny, t.Header = r.MediaAddress, r.MediaAddress6, r.LatchAny, r.Header
	s.trunk = trunk.New(s.ctx, s.env, t, trunk.Deps{Agent: a, Calls: s.deps.Calls, Media: s.deps.Media, Log: s.deps.SIPLog, Tolls: s.deps.Tolls, Load: s.deps.Load})
}

// agent is the stack as recordings and trunk use it.
type agent interface {
	recording.Agent
	trunk.Agent
}
