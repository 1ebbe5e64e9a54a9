package task

import (
	"slices"
	"time"

	"timbre"
)

// The moments of a voice tone analysis, in media time.
const (
	Tick    = 5 * time.Second  // between two looks at the tone
	Window  = 30 * time.Second // that a look goes back
	Silence = 10 * time.Second // without talk is a failure
)

// catchUp is how many ticks a jump of the media clock makes at most: what lies further from what was heard than a window
// and a silence has nothing to tell.
const catchUp = 12

// What is told when a leg has no tone.
const (
	silent   = "no talk for 10 s"
	tooQuiet = "no 30 s of the call held the 3 s of talk that are needed"
)

// tone is where a voice tone analysis task stands.
type tone struct {
	timbre.Task
	call  timbre.Call
	phase phase
	clock time.Duration // media time of the leg that is furthest
	tick  time.Duration // the next one
	legs  []toneLeg     // of call.Legs
}

type toneLeg struct {
	heard            bool
	late             time.Duration // after the task's clock its own began: whoever joins a call late sends nothing before
	talked           time.Duration // the end of its last voiced stretch
	hangs            bool          // it has been silent for too long, and this has been said
	poor             bool          // its audio cannot be scored, and this has been said
	gone             bool          // it is over
	scored           bool
	current, overall timbre.ToneSpan // as last scored
}

func (t tone) record() timbre.Task { return t.Task }

func (t tone) step(in input, now time.Time) (_ state, events []timbre.Event, effects []effect) {
	if t.phase == done {
		return t, nil, nil
	}
	t.legs = slices.Clone(t.legs)
	add := func(leg int, status, why string, at time.Duration, when string) *timbre.Event {
		t.Updated = now
		events = append(events, timbre.Event{
			ID: eventID(t.ID, status, leg, when), Type: timbre.VoiceToneStatus, Status: status, StatusMessage: why, Time: t.at(at),
			TaskID: t.ID, Call: t.call, Leg: leg, Source: t.Source,
		})
		return &events[len(events)-1]
	}
	tell := func(leg int, status, why string, at time.Duration) *timbre.Event {
		return add(leg, status, why, at, at.String())
	}
	conclude := func(leg int, status, why string, at time.Duration) *timbre.Event {
		return add(leg, status, why, at, "last")
	}
	do := func(e effect) { effects = append(effects, e) }
	finish := func(status timbre.TaskStatus, why string) {
		t.phase = done
		end(&t.Task, status, why, now)
		do(hush{})
	}

	switch in := in.(type) {
	case heard:
		if t.phase == closing {
			break
		}
		if t.phase == queued {
			t.phase, t.Status, t.Started, t.Updated = following, timbre.InProgress, now, now
		}
		leg := &t.legs[in.leg]
		if lag := t.clock - in.speech.At; !leg.heard && lag > Tick {
			leg.late = lag
		}
		leg.heard = true
		in.speech.At += leg.late
		at := in.speech.At
		for n := 0; t.tick < at && n < catchUp; n++ { // a look sees nothing of what comes after its tick
			do(t.look(t.tick, false))
			t.tick += Tick
		}
		t.tick = max(t.tick, (at + Tick - 1).Truncate(Tick))
		do(hear(in))
		t.clock = max(t.clock, at)
		if in.speech.Voiced {
			leg.talked, leg.hangs = at, false
		}
		if t.tick == at {
			do(t.look(t.tick, false))
			t.tick += Tick
		}

	case scored:
		if t.phase != closing && (t.phase != following || in.final) {
			break
		}
		for i := range t.legs {
			leg, got, hangs := &t.legs[i], legScore{}, false
			if i < len(in.legs) && i < len(in.hangs) { // else it has joined since
				got, hangs = in.legs[i], in.hangs[i]
			}
			t.take(leg, in.at, got)
			wasPoor := leg.poor
			leg.poor = got.err != nil
			switch {
			case in.final && leg.scored:
				e := conclude(i, timbre.ToneCompleted, "", in.at)
				e.Current, e.Overall = new(leg.current), new(leg.overall)
			case in.final:
				conclude(i, timbre.ToneFailure, whyNot(got), in.at)
			case got.err != nil && (!wasPoor || hangs):
				tell(i, timbre.ToneFailure, reason(got.err), in.at)
			case got.err == nil:
				if got.ok {
					e := tell(i, timbre.ToneSuccessful, "", in.at)
					e.Current, e.Overall = new(leg.current), new(leg.overall)
				}
				if hangs {
					tell(i, timbre.ToneFailure, silent, in.at)
				}
			}
		}
		switch {
		case in.final && slices.ContainsFunc(t.legs, func(l toneLeg) bool { return l.scored }):
			finish(timbre.Succeeded, "")
		case in.final:
			finish(timbre.Failed, whyNot(in.legs[0]))
		}

	case hungUp:
		t.legs[in.leg].gone = true
		over := !slices.ContainsFunc(t.legs, func(l toneLeg) bool { return !l.gone })
		switch {
		case over && t.phase == following:
			t.phase = closing
			do(t.look(t.clock, true))
		case over && t.phase == queued:
			for i := range t.legs {
				conclude(i, timbre.ToneFailure, tooQuiet, 0)
			}
			finish(timbre.Failed, tooQuiet)
		}

	case joined:
		if t.phase == closing || t.Source != nil || len(in.call.Legs) < len(t.legs) {
			break
		}
		t.call = in.call
		for i := len(t.legs); i < len(t.call.Legs); i++ {
			t.legs = append(t.legs, toneLeg{talked: t.clock})
			do(attend{i})
		}

	case stop:
		finish(timbre.Stopped, "")

	case lost:
		for i := range t.legs { // the clock of a task that died with the server is not known
			if e := conclude(i, timbre.ToneFailure, in.why, t.clock); e.Time.Before(now) {
				e.Time = now
			}
		}
		finish(timbre.Failed, in.why)
	}
	return t, events, effects
}

// look is a look at the tone at a moment. It settles of which legs a silence is to be told, for when the scores are there
// the talk may have resumed.
func (t *tone) look(at time.Duration, final bool) score {
	s := score{at: at, hangs: make([]bool, len(t.legs)), final: final}
	for i := range t.legs {
		leg := &t.legs[i]
		if at-leg.talked >= Silence && !leg.hangs {
			s.hangs[i], leg.hangs = true, true
		}
	}
	return s
}

// take notes what a look has given for a leg.
func (t *tone) take(leg *toneLeg, at time.Duration, got legScore) {
	if got.ok && got.err == nil {
		leg.scored = true
		leg.current = timbre.ToneSpan{Start: t.at(max(0, at-Window)), End: t.at(at), Tone: got.current}
		leg.overall = timbre.ToneSpan{Start: t.at(0), End: t.at(at), Tone: got.overall}
	}
}

// at is the wall time of a moment of media time, which begins with the first frame: a call may be on hold at Start.
func (t *tone) at(media time.Duration) time.Time {
	if t.Started.IsZero() {
		return t.Created.Add(media)
	}
	return t.Started.Add(media)
}

func whyNot(s legScore) string {
	if s.err != nil {
		return reason(s.err)
	}
	return tooQuiet
}
