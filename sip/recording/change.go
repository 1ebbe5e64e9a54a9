package recording

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// changed is what a re-INVITE or an UPDATE has made of a session.
type changed struct {
	timer    dialog.Session
	answer   []byte // nil: to an UPDATE without an offer
	proposed bool   // the answer is an offer of this side, which the ACK answers
}

// change answers a re-INVITE or an UPDATE, with or without SDP and metadata. A request that is refused changes nothing.
func (s *Server) change(req *gosip.Request, tx gosip.ServerTransaction, d *session) {
	cancelled := onCancel(tx)
	made, r := s.apply(d, req)
	if r != nil {
		s.refuse(req, tx, r)
		return
	}
	d.Timer.Restart(made.timer)
	res := s.response(d, req, made.answer, made.timer)
	if req.Method == gosip.UPDATE {
		s.deps.Agent.Respond(tx, res)
		return
	}
	if ack := s.confirm(d, req, tx, res, cancelled); made.proposed && ack != nil {
		s.takeAnswer(d, ack)
	}
}

// apply reads what a request asks of the session and applies it.
func (s *Server) apply(d *session, req *gosip.Request) (made changed, r *transport.Refusal) {
	first, _ := dialog.ReadTimerParams(d.invite)
	if made.timer, r = peerSession(req, first.Supported); r != nil {
		return made, r
	}
	body, err := siprec.ReadMessage(req)
	if err != nil {
		return made, Unreadable(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.IsOver() {
		return made, dialog.NoDialog()
	}
	if body.SDP != nil {
		made.answer, r = s.reoffer(d, req, body)
	} else {
		if d.told(req, body) {
			s.update(d, req, body, nil)
		}
		if made.proposed = req.IsInvite(); made.proposed {
			made.answer, r = s.offer(d)
		}
	}
	if r == nil {
		d.Retarget(req)
	}
	return made, r
}
