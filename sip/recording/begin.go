package recording

import (
	"errors"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/header"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
)

// reserve opens the streams of a call and makes the answer. Its legs are not known yet: a call is announced once it is sure that it can
// be answered.
func (s *Server) reserve(d *session, o *sdp.Description, lines []sdp.Line) (to []*dialog.Listener, answer []byte, err error) {
	for i := range lines {
		to = append(to, &dialog.Listener{})
		if err := s.open(d, &lines[i], to[i]); err != nil {
			return nil, nil, err
		}
	}
	describe := d.answerer.Answer
	if d.delayed {
		describe = d.answerer.Propose
	}
	if answer, err = describe(o, d.ports(o)); err != nil {
		return nil, nil, err
	}
	d.offered, d.sent = o, answer
	return to, answer, nil
}

// begin reserves the call and gives each stream its leg. It is announced when the answer has been sent.
func (s *Server) begin(d *session, in Incoming, to []*dialog.Listener) error {
	call := timbre.Call{
		ConnectorID: in.Connector.ID, CallID: d.CallID(), Direction: "Outbound",
		From: siprec.User(d.invite.From().Value()), To: siprec.User(d.invite.To().Value()),
		Headers: header.All(d.invite), Metadata: in.Body.Metadata, Group: d.group(), Warnings: d.warnings, Legs: d.legs, Started: s.env.Now(),
		StoredByes: []timbre.StoredBye{d.StoredBye()},
	}
	txid, legs, err := s.deps.Calls.Reserve(s.background(), call)
	if err != nil {
		return err
	}
	d.txid, d.from, d.to = txid, call.From, call.To
	if len(legs) != len(to) {
		err := timbre.Errorf(timbre.Internal, "recording.begin", "%d listeners for %d legs", len(legs), len(to))
		return errors.Join(err, s.deps.Calls.End(s.background(), txid, "internal error"))
	}
	for i, leg := range legs {
		to[i].Attach(leg)
		leg.SetMeter(d.tracks[d.order[i].Index].Stream)
	}
	return nil
}

func (s *Server) open(d *session, l *sdp.Line, to timbre.Listener) error {
	spec := s.media(d, l)
	stream, err := s.deps.Media.Open(spec, to)
	if err != nil {
		return err
	}
	d.tracks[l.Index] = &dialog.Track{Stream: stream, Spec: spec}
	return nil
}

// media is the stream that a line describes.
func (s *Server) media(d *session, l *sdp.Line) timbre.Media {
	return d.answerer.Spec(l, s.mediaSocket(d.local(), l.Remote.Addr()), d.Peer().Addr(), s.cfg.LatchAny)
}

// ports are the local ports of the lines of an offer that are accepted, by their index.
func (d *session) ports(o *sdp.Description) map[int]int {
	ports := map[int]int{}
	for _, l := range o.Lines {
		if t := d.tracks[l.Index]; t != nil && l.Rejection == "" {
			ports[l.Index] = t.Stream.Port()
		}
	}
	return ports
}

func (d *session) closeStreams() {
	for _, t := range d.tracks {
		t.Stream.Close()
	}
}
