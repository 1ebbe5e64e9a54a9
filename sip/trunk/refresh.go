package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
)

// refresh refreshes the session of a side. A side that is gone ends the call.
func (s *side) refresh(session dialog.Session) {
	c, method := s.call, s.RefreshMethod()
	if method == gosip.INVITE {
		by, r := c.claim(neither)
		if r != nil { // a change is under way, which refreshes the session too
			s.Timer.Retry(session)
			return
		}
		defer c.release(by)
	}
	_, sent := s.exchanged()
	if _, gone := s.Refresh(c.ua.ctx, method, session, sent); gone {
		c.hangUp(c.ua.ctx, nil, "the other end is gone")
	}
}
