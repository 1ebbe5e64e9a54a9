package task

import (
	"slices"
	"time"

	"timbre"
)

// The times of a voice tone analysis, in media time.
const (
	Tick    = 5 * time.Second  // between two scores
	Window  = 30 * time.Second // that a score covers
	Silence = 10 * time.Second // without speech is reported as a failure
)

// Why a leg has no tone.
const (
	silenceMessage  = "no speech for 10 s"
	tooLittleSpeech = "no 30 s of the call contained the required 3 s of speech"
)

// toneState is the state of a voice tone analysis.
type toneState struct {
	timbre.Task
	call  timbre.Call
	phase phase
	clock time.Duration // media time of the leg that is furthest
	tick  time.Duration // the next one
	legs  []toneLeg     // of call.Legs
}

type toneLeg struct {
	received         bool
	offset           time.Duration // of its media time from the task's: a leg that joins late starts at 0
	lastVoiced       time.Duration // the end of its last voiced stretch
	silenceReported  bool          // since it was last voiced
	poorReported     bool          // its audio cannot be scored, and this has been reported
	ended            bool
	doubt            string // why it could hardly be heard
	scored           bool
	current, overall timbre.ToneSpan // the latest scores
}

// toneStep is one transition of a voice tone analysis: the next state and what the transition puts out.
type toneStep struct {
	toneState
	output
}

func (s toneState) record() timbre.Task { return s.Task }

func (s toneState) step(in input, now time.Time) (state, []timbre.Event, []effect) {
	if s.phase == done {
		return s, nil, nil
	}
	s.legs = slices.Clone(s.legs)
	t := &toneStep{s, output{now: now}}
	in.tone(t)
	return t.toneState, t.events, t.effects
}

// report emits an event of a leg at a media time. Only one of each status exists for each media time.
func (t *toneStep) report(leg int, status, reason string, at time.Duration) {
	t.reportAs(at.String(), leg, status, reason, at)
}

// reportLast emits the last event of a leg.
func (t *toneStep) reportLast(leg int, status, reason string, at time.Duration) {
	t.reportAs("last", leg, status, reason, at)
}

func (t *toneStep) reportAs(when string, leg int, status, reason string, at time.Duration) {
	t.Updated = t.now
	e := timbre.Event{
		ID: eventID(t.ID, status, leg, when), Type: timbre.VoiceToneStatus, Status: status, StatusMessage: reason, Time: t.wallTime(at),
		TaskID: t.ID, Call: t.call, Leg: leg, Source: t.Source,
	}
	if status != timbre.ToneFailure {
		e.Current, e.Overall = new(t.legs[leg].current), new(t.legs[leg].overall)
	}
	t.emit(e)
}

func (t *toneStep) finish(status timbre.TaskStatus, message string) {
	t.phase = done
	t.output.finish(&t.Task, status, message)
}

// wallTime converts media time. Media time 0 is the first frame, which may come after Start when the call is on hold.
func (s *toneState) wallTime(media time.Duration) time.Time {
	if s.Started.IsZero() {
		return s.Created.Add(media)
	}
	return s.Started.Add(media)
}
