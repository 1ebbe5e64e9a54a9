package sip

import (
	"context"
	"errors"

	"timbre"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
)

// begin makes the call known, opens its streams and makes the answer.
func (s *Server) begin(d *dialog, connectorID, metadata string, o *sdp.Offer, lines []sdp.Line) (answer []byte, r *refusal) {
	call := timbre.Call{
		ConnectorID: connectorID, CallID: callID(d.invite), Direction: "Outbound",
		From: siprec.User(d.invite.From().Value()), To: siprec.User(d.invite.To().Value()),
		Headers: headers(d.invite), Metadata: metadata, Group: d.group(), Warnings: d.warnings, Legs: d.legs, Started: s.now(),
	}
	txid, listeners, err := s.calls.Begin(s.lasting(), call)
	if err != nil {
		return nil, failed(err)
	}
	d.txid, d.connector, d.from, d.to = txid, connectorID, call.From, call.To
	err = timbre.Errorf(timbre.Internal, "sip.begin", "it was not finished")
	defer func() { // also when it panics: no call stays that nobody ends
		if err != nil {
			d.closeStreams()
			r = failed(errors.Join(err, s.calls.End(s.lasting(), txid, "its media could not be opened")))
		}
	}()
	if len(listeners) != len(lines) {
		return nil, failed(err)
	}
	for i := range lines {
		if e := s.open(d, &lines[i], listeners[i]); e != nil {
			err = e
			return nil, failed(err)
		}
		listeners[i].SetMeter(d.tracks[lines[i].Index].stream)
	}
	answer, err = d.answering.Answer(o, d.ports(o))
	d.offered = o
	return answer, nil
}

// lasting is a context for what has to be done even while the server stops.
func (s *Server) lasting() context.Context { return context.WithoutCancel(s.ctx) }

func (s *Server) open(d *dialog, l *sdp.Line, to timbre.Listener) error {
	spec := s.spec(d, l)
	stream, err := s.media.Open(spec, to)
	if err != nil {
		return err
	}
	d.tracks[l.Index] = &track{stream: stream, spec: spec}
	return nil
}

// spec is what a line says of its stream.
func (s *Server) spec(d *dialog, l *sdp.Line) timbre.Media {
	return d.answering.Spec(l, s.mediaSocket(d.local.Addr(), l.Remote.Addr()), d.source.Addr(), s.cfg.LatchAny)
}

// ports are those of the lines of an offer that are taken.
func (d *dialog) ports(o *sdp.Offer) map[int]int {
	ports := map[int]int{}
	for _, l := range o.Lines {
		if t := d.tracks[l.Index]; t != nil && l.Unfit == "" {
			ports[l.Index] = t.stream.Port()
		}
	}
	return ports
}

func (d *dialog) closeStreams() {
	for _, t := range d.tracks {
		t.stream.Close()
	}
}
