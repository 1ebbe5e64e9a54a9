package recording

import (
	"context"
	"strconv"

	gosip "github.com/emiago/sipgo/sip"
)

// end ends a session without a BYE. False: it has ended before.
func (s *Server) end(d *session, failure string) bool {
	if !s.sessions.Remove(d.Dialog) {
		return false
	}
	d.End()
	d.over()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closeStreams() // which hand on what has arrived
	s.report(d)
	if err := s.deps.Calls.End(s.background(), d.txid, failure); err != nil {
		s.env.Log.Error("end of a call not recorded", "transaction", d.txid, "error", err)
	}
	return true
}

// hangUp ends a session with a BYE.
func (s *Server) hangUp(d *session, failure string) {
	if !s.end(d, failure) || s.ctx.Err() != nil {
		return
	}
	_, res := d.Ask(s.ctx, d.Request(gosip.BYE), nil)
	if !res.IsSuccess() && res.StatusCode != gosip.StatusCallTransactionDoesNotExists && s.ctx.Err() == nil {
		s.env.Repeats.Count(s.env.Log, strconv.Itoa(res.StatusCode), "BYE not accepted", "transaction", d.txid, "status", res.StatusCode)
	}
}

// background is the context of what has to be done even while the server stops.
func (s *Server) background() context.Context { return context.WithoutCancel(s.ctx) }
