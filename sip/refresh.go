package sip

import (
	"slices"
	"strings"
	"time"

	"timbre/sip/transport"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/sdp"
	"timbre/sip/siprec"
)

// refresh answers a re-INVITE or an UPDATE: with or without SDP, with or without metadata. Nothing of the session
// changes when it is refused.
func (s *Server) refresh(req *gosip.Request, tx gosip.ServerTransaction, d *dialog) {
	if !d.proceed(req) {
		s.refuse(req, tx, refuse(500, "order", "CSeq %d is not the next one", req.CSeq().SeqNo).With("Retry-After", "1"))
		return
	}
	cancelled := onCancel(tx)
	interval, body, answer, r := s.change(d, req)
	if r != nil {
		s.refuse(req, tx, r)
		return
	}
	s.renew(d, interval)
	res := s.sessionResponse(d, req, answer)
	promise(res, req, interval)
	if req.Method == gosip.UPDATE {
		s.stack.Respond(tx, res)
		return
	}
	accepted := s.confirm(d, req, tx, res, cancelled)
	if body.SDP == nil && len(accepted) > 0 { // our answer was an offer, so the ACK has the answer
		s.settle(d, req, accepted)
	}
}

// change reads what a request wants of the session and does it. The answer is nil for an UPDATE without an offer.
func (s *Server) change(d *dialog, req *gosip.Request) (interval time.Duration, body siprec.Body, answer []byte, r *refusal) {
	if interval, r = sessionExpires(req, timed(req) || timed(d.invite)); r != nil {
		return 0, body, nil, r
	}
	body, err := siprec.Read(strings.Join(values(req, "content-type"), ""), req.Body())
	if err != nil {
		return 0, body, nil, unread(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.over:
		return 0, body, nil, refuse(481, "no_dialog", "there is no such call")
	case body.SDP != nil:
		answer, r = s.reoffer(d, req, body)
	default:
		if body.Metadata != "" {
			s.retell(d, req, body, nil)
		}
		if req.IsInvite() {
			answer, r = s.propose(d)
		}
	}
	if contact := req.Contact(); r == nil && contact != nil && contact.Address.Host != "" {
		d.target = *contact.Address.Clone()
	}
	return interval, body, answer, r
}

// reoffer answers an offer in a session. Lines that were taken are changed or paused; those that are added or turned on are
// taken, and legs of the call from then on. What is compared is what the lines say, not the version in the o= line, which
// some clients never count up: an offer that says the same changes nothing, and gets the same answer.
func (s *Server) reoffer(d *dialog, req *gosip.Request, body siprec.Body) ([]byte, *refusal) {
	o, r := offered(body.SDP, d.source.Addr())
	if r != nil {
		return nil, r
	}
	if d.secured {
		o.Demand()
	}
	for i := range d.tracks {
		if i >= len(o.Lines) {
			return nil, refuse(400, "malformed", "an offer with fewer m-lines than before")
		}
		if t, to := d.tracks[i], o.Lines[i].Remote.Addr(); t.spec.Local.IsValid() && to.IsValid() && !to.IsUnspecified() && to.Is4() != t.spec.Local.Is4() {
			return nil, refuse(488, "family", "media of a call cannot change between IPv4 and IPv6")
		}
	}
	wanted := slices.ContainsFunc(o.Lines, func(l sdp.Line) bool { return l.Unfit != sdp.Disabled && l.Unfit != sdp.NotAudio })
	if wanted && len(o.Fit(1)) == 0 {
		return nil, unacceptable(o)
	}
	added := s.extend(d, o)
	if relabelled := s.apply(d, o); relabelled || len(added) > 0 || body.Metadata != "" {
		s.retell(d, req, body, added)
	}
	answer, err := d.answering.Answer(o, d.ports(o))
	if err != nil {
		return nil, failed(err)
	}
	d.offered = o
	return answer, nil
}

// propose is our offer to a peer that asks for one.
func (s *Server) propose(d *dialog) ([]byte, *refusal) {
	ours, err := d.answering.Propose(d.offered, d.ports(d.offered))
	if err != nil {
		return nil, failed(err)
	}
	return ours, nil
}

// apply tells the streams what an offer, or an answer to ours, says of them. True: a line has another label than before.
func (s *Server) apply(d *dialog, o *sdp.Offer) (relabelled bool) {
	for _, l := range o.Lines {
		t := d.tracks[l.Index]
		switch {
		case t == nil:
		case l.Unfit == "":
			t.update(s.spec(d, &l))
		default: // switched off for now
			paused := t.spec
			paused.Hold = true
			t.update(paused)
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
func (s *Server) settle(d *dialog, req *gosip.Request, raw []byte) {
	o, r := offered(raw, d.source.Addr())
	if r != nil {
		s.stack.Reject(r.Reason)
		s.log.Warn("an answer could not be used", "call", callID(req), "detail", transport.Redact(r.Detail))
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.secured {
		o.Demand()
	}
	if !d.over {
		s.apply(d, o)
	}
}
