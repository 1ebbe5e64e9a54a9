package recording

import (
	"sync/atomic"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

// Invite answers an INVITE with a session, or refuses it. It returns when the answer is acknowledged.
func (s *Server) Invite(in Incoming) {
	cancelled := onCancel(in.Tx)
	d, res, r := s.accept(in)
	if r != nil {
		s.refuse(in.Request, in.Tx, r)
		return
	}
	s.env.Log.Info("call", "transaction", d.txid, "call", d.CallID(), "peer", in.Request.Source(), "legs", len(d.legs))
	s.sessions.Put(d.Dialog, d)
	if s.leaving.Load() { // since the INVITE came
		s.end(d, "the server was stopped")
		s.refuse(in.Request, in.Tx, transport.Refuse(503, "unavailable", "the server is stopping").With("Retry-After", "10"))
		return
	}
	if ack := s.confirm(d, in.Request, in.Tx, res, cancelled); ack != nil && d.delayed {
		s.takeFirstAnswer(d, ack)
	}
}

// onCancel reports whether a transaction has been cancelled. The stack answers the CANCEL, and the INVITE with 487.
func onCancel(tx gosip.ServerTransaction) *atomic.Bool {
	var cancelled atomic.Bool
	if !tx.OnCancel(func(*gosip.Request) { cancelled.Store(true) }) {
		cancelled.Store(true)
	}
	return &cancelled
}

// accept makes a session of an INVITE: its call begun, its streams open, its answer made but not sent. One that it refuses is
// over before the refusal is sent, so that it may come again at once.
func (s *Server) accept(in Incoming) (d *session, res *gosip.Response, r *transport.Refusal) {
	defer func() { // also after a panic
		if res == nil {
			in.Over()
		}
	}()
	d = s.newSession(in)
	timer, r := peerSession(in.Request, false)
	if r != nil {
		return nil, nil, r
	}
	o, lines, r := d.firstOffer(in)
	if r != nil {
		return nil, nil, r
	}
	if r = in.Admit(); r != nil {
		return nil, nil, r
	}
	s.mapLegs(d, in, lines)
	answer, r := s.begin(d, in, o, lines)
	if r != nil {
		return nil, nil, r
	}
	d.Timer.Restart(timer)
	return d, s.response(d, in.Request, answer, timer), nil
}
