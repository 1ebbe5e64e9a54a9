package recording

import (
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/header"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// mapLegs finds out whose the lines of a call are. What is doubtful costs names, never the call.
func (s *Server) mapLegs(d *session, in Incoming, lines []sdp.Line) {
	d.rules, d.doubts = s.cfg.Legs.With(in.Connector.Tags)
	if in.Body.Metadata != "" {
		d.metadata = siprec.Parse(in.Body.Metadata)
	} else {
		d.metadata = fromHeaders(in.Request)
	}
	if d.metadata == nil && !recordOnly(in.Request) {
		d.doubts = append(d.doubts, "nothing says that this call is to be recorded only: it is listened to, and not put through")
	}
	for _, l := range lines {
		d.order = append(d.order, siprec.Line{Index: l.Index, Label: l.Label})
	}
	d.legs = s.understand(d, in.Request, in.Body.Warnings)
}

// understand says whose the lines are, by all that is known, and notes what is doubtful about that.
func (s *Server) understand(d *session, req *gosip.Request, doubts []string) []timbre.Leg {
	if named := header.Values(req, header.Name(d.rules.Header)); len(named) > 0 {
		d.named = strings.TrimSpace(named[0])
	}
	known := d.warnings
	d.warnings = append(slices.Clone(d.doubts), doubts...)
	if d.metadata != nil {
		d.warnings = append(d.warnings, d.metadata.Warnings...)
	}
	legs, more := siprec.Map(d.order, d.metadata, siprec.Known{Rules: d.rules, Named: d.named, Before: d.legs})
	d.warnings = append(d.warnings, more...)
	for _, w := range d.warnings {
		if slices.Contains(known, w) {
			continue
		}
		s.env.Log.Warn("recording metadata", "call", d.CallID(), "doubt", transport.Redact(w))
	}
	return legs
}

// group is what the metadata says that a call belongs to.
func (d *session) group() string {
	if d.metadata == nil {
		return ""
	}
	return d.metadata.Group
}
