package sip

import (
	"timbre/environment"
	"timbre/sip/recording"
	"timbre/sip/trunk"
)

// assemble makes what serves calls. Both share the media addresses and the transaction header.
func (s *Server) assemble(env environment.Environment) {
	r := recording.Config{
		MediaAddress: s.cfg.MediaAddress, MediaAddress6: s.cfg.MediaAddress6, Timeout: s.cfg.Timeout, LatchAny: s.cfg.LatchAny,
		Legs: s.cfg.Legs, Header: TransactionHeader,
	}
	s.recordings = recording.New(s.ctx, env, r, recording.Deps{Agent: s.agent, Calls: s.deps.Calls, Media: s.deps.Media, Log: s.deps.SIPLog})
	t := s.cfg.Trunk
	t.MediaAddress, t.MediaAddress6, t.LatchAny, t.Header = r.MediaAddress, r.MediaAddress6, r.LatchAny, r.Header
	s.trunk = trunk.New(s.ctx, env, t, trunk.Deps{Agent: s.agent, Calls: s.deps.Calls, Media: s.deps.Media, Log: s.deps.SIPLog})
}

// agent is the stack as those see it that serve calls.
type agent interface {
	recording.Agent
	trunk.Agent
}
