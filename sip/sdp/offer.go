package sdp

import (
	"net/netip"

	"timbre"
)

// Offer is a session description, an offer or an answer.
type Offer struct{ Lines []Line }

// Read reads a session description. An address that it lacks is the peer's. Unprocessable: it has no m-line, or too many;
// Invalid: it is no session description.
func Read(raw []byte, peer netip.Addr) (*Offer, error) {
	s, err := parse(raw)
	if err != nil {
		return nil, err
	}
	if len(s.MediaDescriptions) == 0 {
		return nil, timbre.Errorf(timbre.Unprocessable, "sdp.Read", "no m-line")
	}
	o := &Offer{}
	for i, m := range s.MediaDescriptions {
		o.Lines = append(o.Lines, readLine(i, s, m, peer))
	}
	return o, nil
}

// Demand makes the lines unfit that are not encrypted.
func (o *Offer) Demand() {
	for i := range o.Lines {
		if l := &o.Lines[i]; l.Unfit == "" && !l.Secure() {
			l.Unfit = InClear
		}
	}
}

// Fit are the lines that can be accepted, at most n.
func (o *Offer) Fit(n int) []Line {
	var fit []Line
	for _, l := range o.Lines {
		if l.Unfit == "" && len(fit) < n {
			fit = append(fit, l)
		}
	}
	return fit
}
