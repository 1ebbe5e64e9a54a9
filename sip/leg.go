package sip

import (
	"slices"
	"strings"

	"timbre/sip/transport"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/header"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
)

// mapLegs finds out whose the lines of a call are. What is doubtful costs names, never the call.
func (s *Server) mapLegs(d *dialog, req *gosip.Request, c timbre.Connector, body siprec.Body, lines []sdp.Line) {
	d.rules, d.doubts = s.cfg.Legs.With(c.Tags)
	if body.Metadata != "" {
		d.metadata = siprec.Parse(body.Metadata)
	} else {
		d.metadata = fromHeaders(req)
	}
	if d.metadata == nil && !recordOnly(req) {
		d.doubts = append(d.doubts, "nothing says that this call is to be recorded only: it is listened to, and not put through")
	}
	for _, l := range lines {
		d.order = append(d.order, siprec.Line{Index: l.Index, Label: l.Label})
	}
	d.legs = s.understand(d, req, body.Warnings)
}

// fromHeaders is what a request says of its parties without metadata; nil: nothing.
func fromHeaders(req *gosip.Request) *siprec.Metadata {
	return siprec.FromHeaders(strings.Join(values(req, "from"), ""), values(req, strings.ToLower(siprec.RecordingParticipant)))
}

// understand says whose the lines are, by all that is known, and notes what is doubtful about that.
func (s *Server) understand(d *dialog, req *gosip.Request, doubts []string) []timbre.Leg {
	if named := values(req, headerName(d.rules.Header)); len(named) > 0 {
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
		s.log.Warn("recording metadata", "call", callID(req), "doubt", transport.Redact(w))
	}
	return legs
}

// group is what the metadata says that a call belongs to.
func (d *dialog) group() string {
	if d.metadata == nil {
		return ""
	}
	return d.metadata.Group
}

// recordOnly says whether a call without metadata says that it is for recording: it requires siprec, comes from a recording
// client, or carries the mark of network-based recording in a header or in its Request-URI.
func recordOnly(req *gosip.Request) bool {
	mark := strings.ToLower(siprec.RecordOnly)
	yes := func(v string) bool { return !strings.EqualFold(strings.TrimSpace(v), "false") }
	for _, p := range req.Recipient.UriParams {
		if strings.ToLower(p.K) == mark && yes(p.V) {
			return true
		}
	}
	return slices.ContainsFunc(values(req, mark), yes) || req.Contact().Params.Has("+sip.src") ||
		header.Has(req, "require", "siprec")
}
