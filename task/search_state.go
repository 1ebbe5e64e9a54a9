package task

import (
	"fmt"
	"time"

	"timbre"
)

// The net speech that the two results of a speaker search need.
const (
	ForSearch     = 10 * time.Second
	ForVoiceprint = 20 * time.Second
)

// searchState is the state of a speaker search.
type searchState struct {
	timbre.Task
	call         timbre.Call
	leg          int         // index in call.Legs of the leg that is analysed
	requested    timbre.Side // Mixed: the client named no leg
	party        string      // the party last named on the leg
	subscription int         // number of the current subscription; audio of earlier ones is ignored
	phase        phase
	net          time.Duration // net speech of the current subscription
}

// searchStep is one transition of a speaker search: the next state and what the transition puts out.
type searchStep struct {
	searchState
	output
}

func (s searchState) record() timbre.Task { return s.Task }

func (s searchState) step(in input, now time.Time) (state, []timbre.Event, []effect) {
	if s.phase == done {
		return s, nil, nil
	}
	t := &searchStep{s, output{now: now}}
	in.search(t)
	return t.searchState, t.events, t.effects
}

// report emits an event with a status and the reason for a failure.
func (t *searchStep) report(status, reason string) {
	t.Updated = t.now
	e := timbre.Event{
		ID: eventID(t.ID, status, t.leg, ""), Type: timbre.SpeakerSearchStatus, Status: status, StatusMessage: reason, Time: t.now,
		TaskID: t.ID, Call: t.call, Leg: t.leg, Source: t.Source,
	}
	if status == timbre.IdentificationSuccessful {
		e.Matches = t.Matches
	}
	t.emit(e)
}

func (t *searchStep) finish(status timbre.TaskStatus, message string) {
	t.phase = done
	t.output.finish(&t.Task, status, message)
}

// failIdentification ends a task that has no result.
func (t *searchStep) failIdentification(reason string) {
	t.finish(timbre.Failed, reason)
	t.report(timbre.IdentificationFailure, reason)
}

// failVoiceprint ends a task whose only result is the identification.
func (t *searchStep) failVoiceprint(reason string) {
	t.VoiceprintStatus = timbre.VoiceprintGenerationFailure
	t.finish(timbre.PartialSuccess, reason)
	t.report(timbre.VoiceprintGenerationFailure, reason)
}

// fail ends a task with the results that it has.
func (t *searchStep) fail(reason string) {
	if t.Identified {
		t.failVoiceprint(reason)
	} else {
		t.failIdentification(reason)
	}
}

func tooShort(net, need time.Duration) string {
	return fmt.Sprintf("the call ended after %.1f s of speech; %.0f s are required", net.Truncate(100*time.Millisecond).Seconds(), need.Seconds())
}
