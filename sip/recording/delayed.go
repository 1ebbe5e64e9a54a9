package recording

import (
	"cmp"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// streams are how many audio lines are offered to a client whose INVITE has no offer (RFC 3261, 13.3.1.4): one for each stream that
// its metadata has, two for a recording session that says nothing of streams, and one for other calls, such as each end of a CUCM's.
func (d *session) streams(in Incoming) int {
	switch {
	case in.Body.Metadata != "":
		return min(cmp.Or(len(siprec.Parse(in.Body.Metadata).Streams), 2), maxLegs)
	case fromHeaders(in.Request) != nil:
		return min(max(len(fromHeaders(in.Request).Streams), 1), maxLegs)
	case bySIPREC(in.Request):
		return 2
	}
	return 1
}

// security is what such an offer asks for: SRTP where the connector requires it, and where its keys are not sent in the clear, if the
// client can do it.
func (d *session) security(in Incoming) sdp.Security {
	switch {
	case d.encrypted:
		return sdp.Encrypted
	case dialog.OverTLS(in.Request):
		return sdp.IfPossible
	}
	return sdp.InTheClear
}

// takeFirstAnswer takes the answer in the ACK of a call whose INVITE had no offer. Without a usable one there is no call.
func (s *Server) takeFirstAnswer(d *session, ack *gosip.Request) {
	o, r := d.readAnswer(ack)
	if r == nil && len(o.Acceptable(1)) == 0 {
		r = unacceptable(o)
	}
	if r != nil {
		s.deps.Agent.Reject(r.Reason)
		s.hangUp(d, "no usable answer in the ACK: "+r.Detail)
		return
	}
	s.applyAnswer(d, ack, o)
}

// takeAnswer takes the answer, in an ACK or a response, to an offer of this side within a session. The session stays as it is without a usable one.
func (s *Server) takeAnswer(d *session, ack siprec.Message) {
	o, r := d.readAnswer(ack)
	if r != nil {
		s.deps.Agent.Reject(r.Reason)
		s.env.Repeats.Count(s.env.Log, r.Reason, "answer not usable", "call", d.CallID(), "detail", r.Detail)
		return
	}
	s.applyAnswer(d, ack, o)
}

// readAnswer reads the session description in an ACK, which may have metadata beside it.
func (d *session) readAnswer(ack siprec.Message) (*sdp.Description, *transport.Refusal) {
	body, err := siprec.ReadMessage(ack)
	switch {
	case err != nil:
		return nil, Unreadable(err)
	case body.SDP == nil:
		return nil, transport.Refuse(400, "no_answer", "no session description in the ACK")
	}
	return d.readOffer(body.SDP)
}

// applyAnswer updates the streams by an answer, and the legs if it labels them.
func (s *Server) applyAnswer(d *session, ack siprec.Message, o *sdp.Description) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.IsOver() {
		return
	}
	d.offered = o
	relabelled, renamed := s.updateStreams(d, o), d.updateParties(ack, siprec.Body{})
	if relabelled || renamed {
		s.update(d, ack, siprec.Body{}, nil)
	}
}
