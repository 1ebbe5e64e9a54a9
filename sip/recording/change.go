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
	end, r := d.Turn(req)
	if r != nil {
		s.refuse(req, tx, r)
		return
	}
	defer end()
	made, r := s.apply(d, req)
	if r != nil {
		s.refuse(req, tx, r)
		return
	}
	d.Timer.Restart(made.timer)
	res := s.response(d, req, made.answer, made.timer)
	if !made.proposed {
		end() // before the client has the answer, and may ask for the next change
	}
	if req.Method == gosip.UPDATE {
		s.deps.Agent.Respond(tx, res)
		return
	}
	if ack := s.confirm(d, req, tx, res, cancelled); made.proposed && ack != nil {
		s.takeAnswer(d, ack)
	}
}

// noteSent records what the client is sent, if there is something. The caller holds d.mu.
func (d *session) noteSent(description []byte) {
	if description != nil {
		d.sent = description
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
	switch {
	case d.IsOver():
		return made, dialog.NoDialog()
	case d.refreshing.Load() && (req.IsInvite() || body.SDP != nil):
		return made, transport.Refuse(491, "glare", "the server is refreshing the session")
	}
	if body.SDP != nil {
		made.answer, r = s.reoffer(d, req, body)
	} else {
		if d.updateParties(req, body) {
			s.update(d, req, body, nil)
		}
		if made.proposed = req.IsInvite(); made.proposed {
			made.answer, r = s.offer(d)
		}
	}
	if r == nil {
		d.Retarget(req)
		d.noteSent(made.answer)
	}
	return made, r
}
