package recording

import (
	"slices"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/header"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
)

// extend opens a stream for every line that an offer adds or turns on, as far as there is room, and gives their listeners in
// order. One that cannot be opened stays out; the call goes on without it.
func (s *Server) extend(d *session, o *sdp.Description) (added []*dialog.Listener) {
	for _, l := range o.Lines {
		if l.Rejection != "" || d.tracks[l.Index] != nil || len(d.order) >= maxLegs {
			continue
		}
		to := &dialog.Listener{}
		if err := s.open(d, &l, to); err != nil {
			s.env.Log.Error("a stream that came later could not be opened", "transaction", d.txid, "error", err)
			return added
		}
		d.order = append(d.order, siprec.Line{Index: l.Index, Label: l.Label})
		added = append(added, to)
	}
	return added
}

// retell hands on what a message in a call says of it: metadata, streams that were added, and the legs if they are not what
// they were. What is added and cannot be handed on is taken back.
func (s *Server) retell(d *session, req *gosip.Request, body siprec.Body, added []*dialog.Listener) {
	if body.Metadata != "" {
		d.metadata = siprec.Parse(body.Metadata).After(d.metadata)
	}
	change := timbre.Change{Headers: header.All(req), Metadata: body.Metadata, Group: d.group()}
	legs := s.understand(d, req, body.Warnings)
	change.Warnings = d.warnings
	if !slices.Equal(legs, d.legs) {
		change.Legs = slices.Clone(legs)
	}
	listeners, err := s.deps.Calls.Update(s.lasting(), d.txid, change)
	if err == nil && len(listeners) != len(added) {
		err = timbre.Errorf(timbre.Internal, "recording.retell", "%d listeners for %d new legs", len(listeners), len(added))
	}
	if err != nil {
		s.env.Log.Error("an update could not be handed on", "transaction", d.txid, "error", err)
		d.takeBack(len(added))
		return
	}
	d.legs = legs
	for i, to := range added {
		listeners[i].SetMeter(d.tracks[d.order[len(d.order)-len(added)+i].Index].Stream)
		to.Attach(listeners[i])
	}
}

// takeBack closes the last n streams.
func (d *session) takeBack(n int) {
	for _, l := range d.order[len(d.order)-n:] {
		d.tracks[l.Index].Stream.Close()
		delete(d.tracks, l.Index)
	}
	d.order = d.order[:len(d.order)-n]
}
