package sdp

import (
	"net/netip"

	"timbre"
)

// Description is a session description: an offer or an answer.
type Description struct{ Lines []Line }

// Read reads a session description. An address that it lacks is the peer's. Unprocessable: it has no m-line, or too many;
// Invalid: it is no session description.
func Read(raw []byte, peer netip.Addr) (*Description, error) {
	s, err := parse(raw)
	if err != nil {
		return nil, err
	}
	if len(s.MediaDescriptions) == 0 {
		return nil, timbre.Errorf(timbre.Unprocessable, "sdp.Read", "no m-line")
	}
	d := &Description{}
	for i, m := range s.MediaDescriptions {
		d.Lines = append(d.Lines, readLine(i, s, m, peer))
	}
	return d, nil
}

// RequireEncryption rejects the lines that are not encrypted.
func (d *Description) RequireEncryption() {
	for i := range d.Lines {
		if l := &d.Lines[i]; l.Rejection == "" && !l.Secure() {
			l.Rejection = InClear
		}
	}
}

// Acceptable are the lines that can be accepted, at most n.
func (d *Description) Acceptable(n int) []Line {
	var lines []Line
	for _, l := range d.Lines {
		if l.Rejection == "" && len(lines) < n {
			lines = append(lines, l)
		}
	}
	return lines
}
