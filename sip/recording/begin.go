package recording

import (
	"errors"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/header"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// begin begins the call, opens its streams and makes the answer.
func (s *Server) begin(d *session, in Incoming, o *sdp.Description, lines []sdp.Line) (answer []byte, r *transport.Refusal) {
	call := timbre.Call{
		ConnectorID: in.Connector.ID, CallID: d.CallID(), Direction: "Outbound",
		From: siprec.User(d.invite.From().Value()), To: siprec.User(d.invite.To().Value()),
		Headers: header.All(d.invite), Metadata: in.Body.Metadata, Group: d.group(), Warnings: d.warnings, Legs: d.legs, Started: s.env.Now(),
		StoredByes: []timbre.StoredBye{d.StoredBye()},
	}
	txid, listeners, err := s.deps.Calls.Begin(s.background(), call)
	if err != nil {
		return nil, transport.Failure(err)
	}
	d.txid, d.from, d.to = txid, call.From, call.To
	err = timbre.Errorf(timbre.Internal, "recording.begin", "not completed")
	defer func() { // also after a panic, so that the call ends
		if err != nil {
			d.closeStreams()
			r = transport.Failure(errors.Join(err, s.deps.Calls.End(s.background(), txid, "its media could not be opened")))
		}
	}()
	if len(listeners) != len(lines) {
		return nil, transport.Failure(err)
	}
	for i := range lines {
		if e := s.open(d, &lines[i], listeners[i]); e != nil {
			err = e
			return nil, transport.Failure(err)
		}
		listeners[i].SetMeter(d.tracks[lines[i].Index].Stream)
	}
	describe := d.answerer.Answer
	if d.delayed {
		describe = d.answerer.Propose
	}
	if answer, err = describe(o, d.ports(o)); err != nil {
		return nil, transport.Failure(err)
	}
	d.offered = o
	return answer, nil
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
