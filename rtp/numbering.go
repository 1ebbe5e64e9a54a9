package rtp

import "timbre"

// numbering judges the numbers of pieces. Some senders count the pieces of each party, some those of all parties or all messages, and some
// give every piece the same number. Numbers count only beside time stamps, until these contradict them; from then on pieces are in order
// as they come.
type numbering struct {
	begun, refuted bool
	number         uint16 // of the newest piece
	ts             uint32 // its timestamp
}

// believe reports whether the number of a piece counts, and whether the piece is the newest. gap is between the audio so far and the
// piece, in samples.
func (n *numbering) believe(p timbre.Piece, ts uint32, gap int) (numbered, newest bool) {
	if !p.Numbered || !p.Timed || n.refuted {
		return false, true
	}
	step := int16(p.Number - n.number)
	if n.refuted = n.begun && refutes(step, int32(ts-n.ts), gap); n.refuted {
		return false, true
	}
	if newest = !n.begun || step > 0; newest {
		n.begun, n.number, n.ts = true, p.Number, ts
	}
	return true, newest
}

// refutes reports whether a step of numbers cannot be right: time stamps step the other way, or pieces are said to be missing where no
// audio is.
func refutes(step int16, advance int32, gap int) bool {
	switch {
	case step == 0:
		return advance != 0
	case step < 0:
		return advance > 0
	}
	return advance < 0 || step > 1 && -stampTolerance <= gap && gap <= stampTolerance
}
