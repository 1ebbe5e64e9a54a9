package recording

import (
	"cmp"
	"fmt"
	"slices"

	"timbre"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
)

// mapLegs finds out which party speaks on each line. What is doubtful costs names, never the call.
func (s *Server) mapLegs(d *session, in Incoming, lines []sdp.Line) {
	d.rules, d.assumptions = s.cfg.Legs.With(in.Connector.Tags)
	if d.documented = in.Body.Metadata != ""; d.documented {
		d.metadata = siprec.Parse(in.Body.Metadata)
	} else {
		d.metadata = fromHeaders(in.Request)
	}
	if d.metadata == nil && !recordOnly(in.Request) {
		d.assumptions = append(d.assumptions, "nothing marks this call as a recording: it is analysed, and not bridged")
	}
	for _, l := range lines {
		d.cnames[l.Index] = l.CNAME
		d.order = append(d.order, siprec.Line{Index: l.Index, Label: l.Label})
	}
	d.legs = s.assignLegs(d, in.Request, in.Body.Warnings)
}

// assignLegs assigns a party to each line, by all that is known, and records what is doubtful as warnings.
func (s *Server) assignLegs(d *session, req siprec.Message, warnings []string) []timbre.Leg {
	d.named = cmp.Or(d.callerHeader(req), d.named)
	known := d.warnings
	d.warnings = append(slices.Clone(d.assumptions), warnings...)
	if d.metadata != nil {
		d.warnings = append(d.warnings, d.metadata.Warnings...)
	}
	legs, more := siprec.Map(d.order, d.metadata, siprec.Known{Rules: d.rules, Named: d.named, Before: d.legs})
	d.warnings = append(append(d.warnings, more...), d.contradictions(legs)...)
	for _, w := range d.warnings {
		if slices.Contains(known, w) {
			continue
		}
		s.env.Repeats.Count(s.env.Log, d.Connector(), "recording metadata", "call", d.CallID(), "warning", w)
	}
	return legs
}

// group is the call group in the metadata.
func (d *session) group() string {
	if d.metadata == nil {
		return ""
	}
	return d.metadata.Group
}

// contradictions are the lines whose source is another party by its canonical name in SDP than by the metadata.
func (d *session) contradictions(legs []timbre.Leg) (warnings []string) {
	call := timbre.Call{Legs: legs}
	for i, l := range d.order {
		if call.Contradicts(i, d.cnames[l.Index]) {
			warnings = append(warnings, fmt.Sprintf("m-line %d: a=ssrc names another party as its source (cname) than the metadata", l.Index))
		}
	}
	return warnings
}
