package task

import "timbre"

// Why what a speaker search has heard of its leg counts no more.
const (
	noLeg    = "the call has no such leg any more"
	turned   = "the stream that was heard has turned out to be another party's than was asked for"
	replaced = "another party has taken the place of the one who was heard"
	blurred  = "the stream that was heard has become one party's, or has ceased to be"
)

// follow takes in what is said anew of the call. It gives the leg that is to be heard from now on, by its number in the call,
// and why what was heard so far counts no more; empty, it counts. There may be no such leg: then the search keeps to its own.
// An address that is not named says nothing: who was named last is still taken to be there.
func (s *search) follow(c timbre.Call) (ofCall int, why string, ok bool) {
	mine, was := s.leg, s.call.Legs[s.leg]
	if s.Source != nil {
		if mine, ok = streamLeg(c, s.Source.StreamARN); !ok {
			return 0, noLeg, false
		}
	} else if mine >= len(c.Legs) {
		return 0, noLeg, false
	}
	if ofCall, ok = mine, true; s.Source == nil {
		ofCall, ok = heardLeg(c, timbre.Task{Kind: timbre.SpeakerSearch, Side: s.asked})
	}
	is := c.Legs[mine]
	switch {
	case !ok:
		why = noLeg
	case ofCall != mine:
		why = turned
	case s.party != "" && is.Party != "" && is.Party != s.party:
		why = replaced
	case (is.Side == timbre.Mixed) != (was.Side == timbre.Mixed):
		why = blurred
	}
	s.place(c, mine)
	return ofCall, why, ok
}

// place puts the search on a leg of the call.
func (s *search) place(c timbre.Call, ofCall int) {
	is := c.Legs[ofCall]
	if s.call, s.leg, s.Side = c, ofCall, is.Side; s.Source != nil {
		s.call, s.leg = only(c, ofCall), 0
	}
	if is.Party != "" {
		s.party = is.Party
	}
}

// anew puts the search, with nothing heard, on a leg of the call. What its old ear still says is told from what a new one
// does by the number.
func (s *search) anew(c timbre.Call, ofCall int) effect {
	s.party = ""
	s.place(c, ofCall)
	s.net = 0
	s.ear++
	return anew{ofCall, s.ear}
}
