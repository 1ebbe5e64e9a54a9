package recording

import (
	"sync/atomic"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

// Invite answers an INVITE with a session, or refuses it. It returns when the answer is acknowledged.
func (s *Server) Invite(in Incoming) {
	cancelled := onCancel(in.Tx)
	d, res, r := s.accept(in, cancelled)
	switch {
	case r != nil && cancelled.Load(): // the stack has answered
		s.deps.Agent.Reject("cancelled")
		return
	case r != nil:
		s.refuse(in.Request, in.Tx, r)
		return
	}
	s.sessions.Put(d.Dialog, d)
	if s.leaving.Load() { // since the INVITE came
		s.end(d, "the server was stopped")
		s.refuse(in.Request, in.Tx, transport.Refuse(503, "unavailable", "the server is stopping").With("Retry-After", "10"))
		return
	}
	if d.delayed { // the answer in the ACK comes before all changes
		defer d.FirstTurn(in.Request)()
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

// accept makes a session of an INVITE: its streams open, its call reserved, its answer made but not sent. One that it refuses is
// over before the refusal is sent, so that it may come again at once.
func (s *Server) accept(in Incoming, cancelled *atomic.Bool) (_ *session, res *gosip.Response, _ *transport.Refusal) {
	d := s.newSession(in)
	defer func() { // also after a panic
		if res == nil {
			d.closeStreams()
			in.Over()
		}
	}()
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
	to, answer, err := s.reserve(d, o, lines)
	switch {
	case err != nil:
		return nil, nil, transport.Failure(err)
	case cancelled.Load():
		return nil, nil, transport.Refuse(487, "cancelled", "the call was cancelled before it was answered")
	}
	if err := s.begin(d, in, to); err != nil {
		return nil, nil, transport.Failure(err)
	}
	d.Timer.Restart(timer)
	return d, s.response(d, in.Request, answer, timer), nil
}
