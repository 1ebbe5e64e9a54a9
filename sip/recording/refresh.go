package recording

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
)

// refresh refreshes the session of a client that leaves this to the server. A client that is gone ends the session.
func (s *Server) refresh(d *session, timer dialog.Session) {
	method := d.RefreshMethod()
	if method == gosip.INVITE {
		if !d.beginRefresh() { // a change is under way
			d.Timer.Retry(timer)
			return
		}
		defer d.refreshing.Store(false)
	}
	res, gone := d.Refresh(s.ctx, method, timer, d.lastSent())
	switch {
	case gone && res.StatusCode == gosip.StatusCallTransactionDoesNotExists:
		s.end(d, "the client knows of no such call")
	case gone:
		s.hangUp(d, "the client does not answer")
	case method == gosip.INVITE && res.IsSuccess():
		s.takeAnswer(d, res)
	}
}

// beginRefresh reserves the session for an INVITE of this side. False: the client is changing it.
func (d *session) beginRefresh() bool {
	d.refreshing.Store(true)
	if d.Changing() {
		d.refreshing.Store(false)
		return false
	}
	return true
}

// lastSent is the description that the client was sent last.
func (d *session) lastSent() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sent
}
