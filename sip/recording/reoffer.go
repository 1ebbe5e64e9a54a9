package recording

import (
	"net/netip"
	"slices"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/sdp"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// reoffer answers an offer in a session. Lines that were taken are changed or paused; those that are added or turned on are
// taken, and legs of the call from then on. What is compared is what the lines say, not the version in the o= line, which
// some clients never count up: an offer that says the same changes nothing, and gets the same answer.
func (s *Server) reoffer(d *session, req *gosip.Request, body siprec.Body) ([]byte, *transport.Refusal) {
	o, r := d.readOffer(body.SDP)
	if r != nil {
		return nil, r
	}
	for i := range d.tracks {
		if i >= len(o.Lines) {
			return nil, transport.Refuse(400, "malformed", "an offer with fewer m-lines than before")
		}
		if otherFamily(d.tracks[i].Spec.Local, o.Lines[i].Remote.Addr()) {
			return nil, transport.Refuse(488, "family", "media of a call cannot change between IPv4 and IPv6")
		}
	}
	wanted := slices.ContainsFunc(o.Lines, func(l sdp.Line) bool { return l.Rejection != sdp.Disabled && l.Rejection != sdp.NotAudio })
	if wanted && len(o.Acceptable(1)) == 0 {
		return nil, unacceptable(o)
	}
	added := s.extend(d, o)
	if relabelled := s.apply(d, o); relabelled || len(added) > 0 || body.Metadata != "" {
		s.retell(d, req, body, added)
	}
	answer, err := d.answerer.Answer(o, d.ports(o))
	if err != nil {
		return nil, transport.Failure(err)
	}
	d.offered = o
	return answer, nil
}

// otherFamily reports whether media would go from an address of one family to one of the other.
func otherFamily(local, remote netip.Addr) bool {
	return local.IsValid() && remote.IsValid() && !remote.IsUnspecified() && local.Is4() != remote.Is4()
}

// propose is our offer to a peer that asks for one.
func (s *Server) propose(d *session) ([]byte, *transport.Refusal) {
	ours, err := d.answerer.Propose(d.offered, d.ports(d.offered))
	if err != nil {
		return nil, transport.Failure(err)
	}
	return ours, nil
}

// apply tells the streams what an offer, or an answer to ours, says of them. True: a line has another label than before.
func (s *Server) apply(d *session, o *sdp.Description) (relabelled bool) {
	for _, l := range o.Lines {
		t := d.tracks[l.Index]
		switch {
		case t == nil:
		case l.Rejection == "":
			t.Update(s.spec(d, &l))
		default: // switched off for now
			t.Pause()
		}
		for i := range d.order {
			if d.order[i].Index == l.Index && l.Label != "" && d.order[i].Label != l.Label {
				d.order[i].Label, relabelled = l.Label, true
			}
		}
	}
	return relabelled
}

// settle takes the answer that an ACK brings to an offer of ours.
func (s *Server) settle(d *session, raw []byte) {
	o, r := d.readOffer(raw)
	if r != nil {
		s.deps.Agent.Reject(r.Reason)
		s.env.Log.Warn("an answer could not be used", "call", d.CallID(), "detail", transport.Redact(r.Detail))
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.IsOver() {
		s.apply(d, o)
	}
}
