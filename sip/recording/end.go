package recording

import (
	"context"

	gosip "github.com/emiago/sipgo/sip"
)

// drop ends a session without telling its peer. False: it has ended before.
func (s *Server) drop(d *session, failure string) bool {
	if !s.sessions.Remove(d.Dialog) {
		return false
	}
	d.End()
	d.over()
	d.mu.Lock()
	defer d.mu.Unlock()
	s.report(d)
	d.closeStreams()
	if err := s.deps.Calls.End(s.lasting(), d.txid, failure); err != nil {
		s.env.Log.Error("a call could not be ended", "transaction", d.txid, "error", err)
	}
	return true
}

// hangUp ends a session and tells its peer.
func (s *Server) hangUp(d *session, failure string) {
	if !s.drop(d, failure) || s.ctx.Err() != nil {
		return
	}
	_, res := d.Ask(s.ctx, d.Request(gosip.BYE), nil)
	if !res.IsSuccess() && res.StatusCode != gosip.StatusCallTransactionDoesNotExists && s.ctx.Err() == nil {
		s.env.Log.Warn("a BYE was not answered", "transaction", d.txid, "status", res.StatusCode)
	}
}

// lasting is a context for what has to be done even while the server stops.
func (s *Server) lasting() context.Context { return context.WithoutCancel(s.ctx) }
