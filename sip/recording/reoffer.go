package recording

import (
	"net/netip"
	"slices"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/sdp"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// reoffer answers an offer within a session. Lines that were accepted are changed or paused; lines that are added or enabled are
// accepted, and are legs of the call from then on. The lines themselves are compared, not the version in the o= line, which
// some clients never increment: an offer that repeats the last one changes nothing, and gets the same answer.
func (s *Server) reoffer(d *session, req *gosip.Request, body siprec.Body) ([]byte, *transport.Refusal) {
	o, r := d.readOffer(body.SDP)
	if r != nil {
		return nil, r
	}
	if r = d.checkReoffer(o); r != nil {
		return nil, r
	}
	added := s.addStreams(d, o)
	relabelled, renamed := s.updateStreams(d, o), d.updateParties(req, body)
	if relabelled || renamed || len(added) > 0 {
		s.update(d, req, body, added)
	}
	answer, err := d.answerer.Answer(o, d.ports(o))
	if err != nil {
		return nil, transport.Failure(err)
	}
	d.offered = o
	return answer, nil
}

// checkReoffer refuses an offer that the session cannot follow.
func (d *session) checkReoffer(o *sdp.Description) *transport.Refusal {
	for i := range d.tracks {
		if i < len(o.Lines) && otherFamily(d.tracks[i].Spec.Local, o.Lines[i].Remote.Addr()) {
			return transport.Refuse(488, "family", "media of a call cannot change between IPv4 and IPv6")
		}
	}
	wanted := slices.ContainsFunc(o.Lines, func(l sdp.Line) bool { return l.Rejection != sdp.Disabled && l.Rejection != sdp.NotAudio })
	if wanted && len(o.Acceptable(1)) == 0 {
		return unacceptable(o)
	}
	return nil
}

// otherFamily reports whether media would go from an address of one family to one of the other.
func otherFamily(local, remote netip.Addr) bool {
	return local.IsValid() && remote.IsValid() && !remote.IsUnspecified() && local.Is4() != remote.Is4()
}

// offer is the offer of this side to a peer that asks for one.
func (s *Server) offer(d *session) ([]byte, *transport.Refusal) {
	ours, err := d.answerer.Propose(d.offered, d.ports(d.offered))
	if err != nil {
		return nil, transport.Failure(err)
	}
	return ours, nil
}

// updateStreams updates the streams by an offer, or by an answer to the offer of this side. Lines that it leaves out, which it must not (RFC
// 3264, 8), are switched off. True: the label of a line has changed.
func (s *Server) updateStreams(d *session, o *sdp.Description) (relabelled bool) {
	for i, t := range d.tracks {
		if i >= len(o.Lines) {
			t.Pause()
		}
	}
	for _, l := range o.Lines {
		t := d.tracks[l.Index]
		switch {
		case t == nil:
		case l.Rejection == "":
			t.Update(s.media(d, &l))
		default: // disabled for now
			t.Pause()
		}
		d.cnames[l.Index] = l.CNAME
		for i := range d.order {
			if d.order[i].Index == l.Index && l.Label != "" && d.order[i].Label != l.Label {
				d.order[i].Label, relabelled = l.Label, true
			}
		}
	}
	return relabelled
}
