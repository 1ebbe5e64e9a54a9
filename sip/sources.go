package sip

import (
	"net/netip"

	"timbre/sip/sentry"
)

// sources are the verdicts of the source limiter as the transport takes them.
type sources struct{ *sentry.Sentry }

func (s sources) Message(from netip.Addr, invite bool) (read, busy bool) {
	v := s.Sentry.Message(from, invite)
	return v == sentry.Hear, v == sentry.Shed
}

// standing says whether the allowed hosts of a connector hold a source, and whether it may authenticate if not. If that
// cannot be found out, the message is read: whoever serves it asks again.
func (s *Server) standing(source netip.Addr) (known, provable bool) {
	list, err := s.admission.list.current(s.ctx)
	if err != nil {
		s.log.Error("allowed hosts not found", "error", err)
		return true, false
	}
	return len(list.letting(source)) > 0, list.provable
}
