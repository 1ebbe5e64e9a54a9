package task

import (
	"fmt"
	"time"

	"timbre"
)

// How much net speech the two results of a speaker search need.
const (
	ForSearch     = 10 * time.Second
	ForVoiceprint = 20 * time.Second
)

// search is where a speaker search task stands.
type search struct {
	timbre.Task
	call  timbre.Call
	leg   int         // of call.Legs, the one that is listened to
	asked timbre.Side // Mixed: no leg was asked for
	party string      // who was last said to be on the leg
	ear   int         // by which the leg is heard
	phase phase
	net   time.Duration // net speech so far, of that ear
}

func (s search) record() timbre.Task { return s.Task }

func (s search) step(in input, now time.Time) (_ state, events []timbre.Event, effects []effect) {
	if s.phase == done {
		return s, nil, nil
	}
	tell := func(status, why string) {
		s.Updated = now
		events = append(events, s.event(status, why, now))
	}
	do := func(e effect) { effects = append(effects, e) }
	finish := func(status timbre.TaskStatus, why string) {
		s.phase = done
		end(&s.Task, status, why, now)
		do(hush{})
	}
	noName := func(why string) {
		finish(timbre.Failed, why)
		tell(timbre.IdentificationFailure, why)
	}
	noPrint := func(why string) {
		s.VoiceprintStatus = timbre.VoiceprintGenerationFailure
		finish(timbre.PartialSuccess, why)
		tell(timbre.VoiceprintGenerationFailure, why)
	}

	switch in := in.(type) {
	case heard:
		if in.leg != s.ear || s.phase == concluding || s.phase == printing {
			break
		}
		if s.phase == queued {
			s.phase, s.Status, s.Started, s.Updated = listening, timbre.InProgress, now, now
		}
		if s.net < ForVoiceprint { // enough is enough: what is counted is what was kept
			do(hear(in))
			s.net = max(s.net, in.speech.Net)
		}
		switch {
		case s.phase == listening && s.net >= ForSearch:
			s.phase = identifying
			do(identify{s.net})
		case s.phase == gathering && s.net >= ForVoiceprint:
			s.phase = printing
			do(makePrint{s.net})
		}

	case found:
		if s.phase != identifying && s.phase != concluding {
			break
		}
		s.Status, s.Identified, s.Matches = timbre.PartialSuccess, true, in.matches
		if len(in.matches) > 0 {
			tell(timbre.IdentificationSuccessful, "")
		} else {
			tell(timbre.IdentificationNoMatches, "")
		}
		switch {
		case s.net >= ForVoiceprint:
			s.phase = printing
			do(makePrint{s.net})
		case s.phase == identifying:
			s.phase = gathering
		default:
			noPrint(tooShort(s.net, ForVoiceprint))
		}

	case printed:
		if s.phase == printing {
			s.Voiceprint, s.VoiceprintMade, s.VoiceprintStatus = &in.print, now, timbre.VoiceprintGenerationSuccess
			finish(timbre.Succeeded, "")
			tell(timbre.VoiceprintGenerationSuccess, "")
		}

	case failed:
		switch s.phase {
		case identifying, concluding:
			noName(reason(in.err))
		case printing:
			noPrint(reason(in.err))
		}

	case hungUp:
		if in.leg != s.ear {
			break
		}
		switch s.phase {
		case queued, listening:
			noName(tooShort(s.net, ForSearch))
		case identifying:
			s.phase = concluding
		case gathering:
			noPrint(tooShort(s.net, ForVoiceprint))
		}

	case joined:
		if s.phase == concluding { // what was heard was heard
			break
		}
		side := s.Side
		leg, why, ok := s.follow(in.call)
		switch {
		case why == "":
		case s.Identified:
			noPrint(why)
		case ok && s.phase != identifying:
			do(s.anew(in.call, leg))
		default:
			noName(why)
		}
		if s.Side != side {
			s.Updated = now
		}

	case stop:
		finish(timbre.Stopped, "")

	case lost:
		if s.Identified {
			noPrint(in.why)
		} else {
			noName(in.why)
		}
	}
	return s, events, effects
}

func (s search) event(status, why string, now time.Time) timbre.Event {
	e := timbre.Event{
		ID: eventID(s.ID, status, s.leg, ""), Type: timbre.SpeakerSearchStatus, Status: status, StatusMessage: why, Time: now,
		TaskID: s.ID, Call: s.call, Leg: s.leg, Source: s.Source,
	}
	if status == timbre.IdentificationSuccessful {
		e.Matches = s.Matches
	}
	return e
}

func tooShort(net, need time.Duration) string {
	return fmt.Sprintf("the call ended after %.1f s of talk; %.0f s are needed", net.Truncate(100*time.Millisecond).Seconds(), need.Seconds())
}
