package recording

import (
	"slices"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/header"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
)

// addStreams opens a stream for every line that an offer adds or enables, up to maxLegs, and returns their listeners in order.
// A stream that cannot be opened is left out; the call goes on without it.
func (s *Server) addStreams(d *session, o *sdp.Description) (added []*dialog.Listener) {
	for _, l := range o.Lines {
		if l.Rejection != "" || d.tracks[l.Index] != nil || len(d.order) >= maxLegs {
			continue
		}
		to := &dialog.Listener{}
		if err := s.open(d, &l, to); err != nil {
			s.env.Log.Error("stream of a new line not opened", "transaction", d.txid, "error", err)
			return added
		}
		d.cnames[l.Index] = l.CNAME
		d.order = append(d.order, siprec.Line{Index: l.Index, Label: l.Label})
		added = append(added, to)
	}
	return added
}

// update reports what a message within the session says about the call: metadata, added streams, and the legs if they have
// changed. Streams that cannot be reported are closed again.
func (s *Server) update(d *session, req siprec.Message, body siprec.Body, added []*dialog.Listener) {
	change := timbre.Change{Headers: header.All(req), Metadata: body.Metadata, Group: d.group()}
	legs := s.assignLegs(d, req, body.Warnings)
	change.Warnings = d.warnings
	if !slices.Equal(legs, d.legs) {
		change.Legs = slices.Clone(legs)
	}
	listeners, err := s.deps.Calls.Update(s.background(), d.txid, change)
	if err == nil && len(listeners) != len(added) {
		err = timbre.Errorf(timbre.Internal, "recording.update", "%d listeners for %d new legs", len(listeners), len(added))
	}
	if err != nil {
		s.env.Log.Error("call not updated", "transaction", d.txid, "error", err)
		d.closeAdded(len(added))
		return
	}
	d.legs = legs
	for i, to := range added {
		to.Attach(listeners[i]) // first: a meter may bring audio that has gathered
		listeners[i].SetMeter(d.tracks[d.order[len(d.order)-len(added)+i].Index].Stream)
	}
}

// closeAdded closes the last n streams and removes their legs.
func (d *session) closeAdded(n int) {
	for _, l := range d.order[len(d.order)-n:] {
		d.tracks[l.Index].Stream.Close()
		delete(d.tracks, l.Index)
	}
	d.order = d.order[:len(d.order)-n]
}
