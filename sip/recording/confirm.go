package recording

import (
	"errors"
	"sync/atomic"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
)

// confirm sends the 200 to an INVITE until the ACK comes, and returns the ACK, if it has come. A session whose INVITE was cancelled, or
// whose 200 is not acknowledged, is over.
func (s *Server) confirm(d *session, req *gosip.Request, tx gosip.ServerTransaction, res *gosip.Response, cancelled *atomic.Bool) *gosip.Request {
	ack, err := d.Confirm(dialog.Confirmation{Request: req, Response: res, Tx: tx, Cancelled: cancelled.Load})
	switch {
	case err == nil:
		return ack
	case errors.Is(err, dialog.ErrCancelled) && req == d.invite:
		s.deps.Agent.Reject("cancelled")
		s.end(d, "the caller cancelled the call before it was answered")
	case errors.Is(err, dialog.ErrNoACK):
		s.hangUp(d, "the answer was not acknowledged")
	}
	return nil
}
