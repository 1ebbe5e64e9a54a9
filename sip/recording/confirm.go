package recording

import (
	"errors"
	"sync"
	"sync/atomic"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
)

// confirm sends the 200 to an INVITE until the ACK comes, and returns the ACK, if it has come. A session whose INVITE was cancelled, or
// whose 200 is not acknowledged, is over.
func (s *Server) confirm(d *session, req *gosip.Request, tx gosip.ServerTransaction, res *gosip.Response, cancelled *atomic.Bool) *gosip.Request {
	c := dialog.Confirmation{Request: req, Response: res, Tx: tx, Cancelled: cancelled.Load}
	if req == d.invite {
		d.mu.Lock() // nothing changes or ends the call before it is announced
		unlock := sync.OnceFunc(d.mu.Unlock)
		defer unlock() // also after a panic
		c.Sent = func(cancelled bool) {
			defer unlock()
			if !cancelled {
				s.announce(d)
			}
		}
	}
	ack, err := d.Confirm(c)
	switch {
	case err == nil:
		return ack
	case errors.Is(err, dialog.ErrCancelled) && req == d.invite:
		s.deps.Agent.Reject("cancelled")
		s.end(d, "") // leaves no trace
	case errors.Is(err, dialog.ErrNoACK):
		s.hangUp(d, "the answer was not acknowledged")
	}
	return nil
}

// announce announces a call whose answer has been sent. One that cannot be announced is hung up: its peer calls again, or elsewhere.
func (s *Server) announce(d *session) {
	err := s.deps.Calls.Answered(s.background(), d.txid)
	if err == nil {
		s.env.Log.Info("call", "transaction", d.txid, "call", d.CallID(), "peer", d.invite.Source(), "legs", len(d.legs))
		return
	}
	s.env.Log.Error("a call was answered and cannot be saved: it is hung up", "call", d.CallID(), "error", err)
	s.deps.Agent.Do(func() { s.hangUp(d, "the call could not be saved") })
}
