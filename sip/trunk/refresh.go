package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
)

// refresh refreshes the session of a side (RFC 4028): by an UPDATE without a description or, for a side that does not take
// UPDATE, by a re-INVITE that repeats the last one. A side that does not respond, or knows of no such call, is gone.
func (s *side) refresh(session dialog.Session) {
	c := s.call
	method := gosip.UPDATE
	if !s.TakesUpdate() {
		method = gosip.INVITE
		by, r := c.claim(nil)
		if r != nil { // a change is under way, which refreshes the session too
			s.Timer.Retry(session)
			return
		}
		defer c.release(by)
	}
	req := s.Request(method)
	session.Ask(req, 0)
	if method == gosip.INVITE {
		_, sent := s.exchanged()
		dialog.SetSDP(req, sent)
	}
	out := &relayed{call: c, to: s}
	res := out.ask(req, nil)
	switch {
	case res.IsSuccess():
		out.acknowledge(nil)
		s.Timer.Restart(dialog.Granted(res))
	case c.ua.ctx.Err() != nil || c.isOver():
	case res.StatusCode == gosip.StatusRequestTimeout || res.StatusCode == gosip.StatusCallTransactionDoesNotExists:
		c.hangUp(c.ua.ctx, nil, "the other end is gone")
	case res.StatusCode == gosip.StatusRequestPending:
		s.Timer.Retry(session)
	default:
		s.Timer.Restart(session) // it responds, though it does not know session timers
	}
}
