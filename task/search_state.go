package task

import (
	"time"

	"timbre"
)

// The net speech that the two results of a speaker search need.
const (
	ForSearch     = 10 * time.Second
	ForVoiceprint = 20 * time.Second
)

// Looks are the amounts of net speech at which an unsure search is repeated, up to the one that it waits for.
var Looks = []time.Duration{ForSearch, 15 * time.Second, 20 * time.Second, 30 * time.Second, 45 * time.Second, time.Minute}

// MaxSpeech is the most net speech that is kept for either result.
const MaxSpeech = 90 * time.Second

// patience is how much net speech a speaker search may wait for. The zero value waits for no more than the results need.
type patience struct {
	search     time.Duration // by an identification that is unsure
	voiceprint time.Duration // by a voiceprint of one voice
}

// searchState is the state of a speaker search.
type searchState struct {
	timbre.Task
	call         timbre.Call
	leg          int         // index in call.Legs of the leg that is analysed
	requested    timbre.Side // Mixed: the client named no leg
	party        string      // the party last named on the leg
	subscription int         // number of the current subscription; audio of earlier ones is ignored
	phase        phase
	ended        bool // the leg; its result may still be under way
	patience     patience

	dropped  timbre.Drops  // what the current subscription has heard besides the voice of the party
	received time.Duration // audio of the current subscription, silence included
	heard    time.Duration // net speech of it
	net      time.Duration // the part of it that is buffered
	searched time.Duration // net speech of the last identify
	unsure   *searched     // its answer, if that is not reported because more speech may change it
	printed  time.Duration // net speech of the last makeVoiceprint
	need     time.Duration // net speech of the next one
	mixed    string        // why the last one made none
}

// searchStep is one transition of a speaker search: the next state and what the transition puts out.
type searchStep struct {
	searchState
	output
}

func newSearch(t timbre.Task, c timbre.Call, leg int, p patience) searchState {
	s := searchState{
		Task: t, call: c, leg: leg, requested: t.Side, party: c.Legs[leg].Party, subscription: leg, phase: queued,
		patience: patience{max(p.search, ForSearch), max(p.voiceprint, ForVoiceprint)},
	}
	s.Side, s.need = c.Legs[leg].Side, s.patience.voiceprint
	return s
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

// nextLook is the net speech at which an unsure search is repeated; false if it has waited long enough.
func (s *searchState) nextLook() (time.Duration, bool) {
	for _, look := range Looks {
		if look = min(look, s.patience.search); look > s.searched {
			return look, true
		}
	}
	return 0, false
}

// wanted is how much net speech is worth buffering: what the voiceprint needs, and what the identification may wait for.
func (s *searchState) wanted() time.Duration {
	if s.Identified {
		return s.need
	}
	return max(s.need, s.patience.search)
}

// report emits an event with a status and its reason, if there is one.
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
	t.phase, t.unsure = done, nil
	t.output.finish(&t.Task, status, message)
}

// failIdentification ends a task that has no result.
func (t *searchStep) failIdentification(reason string) {
	reason = joined(reason, notAnalysed(t.dropped, t.heard))
	t.finish(timbre.Failed, reason)
	t.report(timbre.IdentificationFailure, reason)
}

// failVoiceprint ends a task whose only result is the identification. What was said of that stays in the message.
func (t *searchStep) failVoiceprint(reason string) {
	reason = joined(reason, notAnalysed(t.dropped, t.heard))
	t.VoiceprintStatus = timbre.VoiceprintGenerationFailure
	t.finish(timbre.PartialSuccess, joined(t.Message, reason))
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
