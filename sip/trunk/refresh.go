package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
)

// refresh asks a side whether it is still there, when that is our part of its session timer: by an UPDATE that says nothing
// of media or, to who does not understand that, by a re-INVITE that says nothing new. One who does not answer, or knows no
// such call, is gone.
func (s *side) refresh(w dialog.Session) {
	c := s.call
	method := gosip.UPDATE
	if !s.TakesUpdate() {
		method = gosip.INVITE
		by, r := c.claim(nil)
		if r != nil { // a change is under way, which refreshes too
			s.Timer.Retry(w)
			return
		}
		defer c.release(by)
	}
	req := s.Request(method)
	w.Ask(req, 0)
	if method == gosip.INVITE {
		dialog.Describe(req, s.lastTold())
	}
	ch := &changing{c: c, y: s}
	res := ch.ask(req, nil)
	switch {
	case res.IsSuccess():
		ch.acknowledge(nil)
		s.Timer.Restart(dialog.Granted(res))
	case c.e.ctx.Err() != nil || c.isOver():
	case res.StatusCode == gosip.StatusRequestTimeout || res.StatusCode == gosip.StatusCallTransactionDoesNotExists:
		c.hangUp(c.e.ctx, nil, "the other end is gone")
	case res.StatusCode == gosip.StatusRequestPending:
		s.Timer.Retry(w)
	default:
		s.Timer.Restart(w) // it lives, and knows no better
	}
}
