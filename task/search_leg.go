package task

import "timbre"

// Why the audio that a speaker search has received is not used.
const (
	legMissing    = "the call no longer has the requested leg"
	sidesSwapped  = "the analysed stream belongs to the other party"
	partyReplaced = "another party has replaced the one that was analysed"
	mixChanged    = "the analysed stream has changed between a single party and a mix"
)

// updateCall applies new metadata of the call. It returns the leg that is to be analysed from now on, as an index in c.Legs,
// and why the audio so far must not be used; an empty reason: it may be. ok is false if the call has no such leg: the search
// then stays on its own.
func (s *searchState) updateCall(c timbre.Call) (wanted int, reason string, ok bool) {
	mine, ok := s.currentLeg(c)
	if !ok {
		return 0, legMissing, false
	}
	wanted = mine
	if s.Source == nil {
		wanted, ok = analysedLeg(c, timbre.Task{Kind: timbre.SpeakerSearch, Side: s.requested})
	}
	switch {
	case !ok:
		reason = legMissing
	case wanted != mine:
		reason = sidesSwapped
	default:
		reason = s.changed(c.Legs[mine])
	}
	s.setLeg(c, mine)
	return wanted, reason, ok
}

// currentLeg finds the analysed leg in new metadata of the call.
func (s *searchState) currentLeg(c timbre.Call) (int, bool) {
	if s.Source != nil {
		return streamLeg(c, s.Source.StreamARN)
	}
	return s.leg, s.leg < len(c.Legs)
}

// changed says why the audio of the analysed leg must not be used, given new metadata of it. A party that is not named is
// taken to be the one that was named last.
func (s *searchState) changed(is timbre.Leg) string {
	was := s.call.Legs[s.leg]
	switch {
	case s.party != "" && is.Party != "" && is.Party != s.party:
		return partyReplaced
	case (is.Side == timbre.Mixed) != (was.Side == timbre.Mixed):
		return mixChanged
	}
	return ""
}

// setLeg moves the search to a leg of the call.
func (s *searchState) setLeg(c timbre.Call, leg int) {
	is := c.Legs[leg]
	if s.call, s.leg, s.Side = c, leg, is.Side; s.Source != nil {
		s.call, s.leg = onlyLeg(c, leg), 0
	}
	if is.Party != "" {
		s.party = is.Party
	}
}

// restart moves the search to a leg of the call and discards its audio and what was found in it. The new subscription number
// tells the audio of the leg from what still comes of the old one.
func (s *searchState) restart(c timbre.Call, leg int) effect {
	s.party = ""
	s.setLeg(c, leg)
	s.net, s.heard, s.received, s.searched, s.unsure = 0, 0, 0, 0, nil
	s.dropped = timbre.Drops{}
	if s.phase == unsure {
		s.phase = listening
	}
	s.subscription++
	return resubscribe{leg, s.subscription}
}
